import { expect, test } from 'vitest';
import { plainJson } from '../../src/safety/plain-json.ts';

const HOSTILE = [
  '\u001b]0;title\u0007',
  '\u009b2J',
  '\u009d52;c;aGk=\u009c',
  'a\u202eb',
  'a\u200bb',
  'line\u2028break',
  'tag\u{E0041}',
  'plain: ä 日本 😀',
];

test.each(HOSTILE)(
  '%j means the same afterwards, and holds nothing that a terminal obeys',
  (text) => {
    const written = plainJson({ [text]: [text] });
    expect(JSON.parse(written)).toEqual({ [text]: [text] });
    expect(written).not.toMatch(/[\p{Cc}\u200b\u2028\u202e\u{E0000}-\u{E007F}]/u);
    expect(plainJson(text, 2)).toBe(plainJson(text));
  },
);

test('what people read stays readable, and is laid out in lines where that is asked for', () => {
  expect(plainJson('ä 日本 😀')).toBe('"ä 日本 😀"');
  expect(plainJson({ a: 1 }, 2)).toBe('{\n  "a": 1\n}');
});
