import { expect, test } from 'vitest';
import { stripControls } from '../../src/safety/strip-controls.ts';

const ESC = '\u001B';

test.each([
  ['colours', `${ESC}[1;31mred${ESC}[0m`, 'red'],
  ['a title', `a${ESC}]0;owned\u0007b`, 'ab'],
  ['the clipboard', `a${ESC}]52;c;ZXZpbA==${ESC}\\b`, 'ab'],
  ['a hyperlink', `${ESC}]8;;http://x${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
  ['an unterminated string, which ends at its line', `a${ESC}]0;hides\nb`, 'a\nb'],
  ['device control', `a${ESC}Pq#0${ESC}\\b`, 'ab'],
  ['carriage returns', 'fine\rbad\r\nnext', 'fine\nbad\nnext'],
  ['C0 and C1', 'a\0b\u0008c\u009B31md\u007F', 'abc31md'],
  ['bidirectional overrides', 'a\u202Eb\u2066c', 'abc'],
  ['zero-width and tag characters', 'a\u200Bb\u{E0041}c\uFEFF', 'abc'],
  ['a lone escape', `a${ESC}`, 'a'],
])('%s cannot reach a terminal', (_name, given, expected) => {
  expect(stripControls(given)).toBe(expected);
});

test('newlines, tabs and the letters of every language stay', () => {
  const text = 'a\tb\nüñ 漢字 👩‍💻 ✓';
  expect(stripControls(text)).toBe(text);
});

test('hostile text costs linear time', () => {
  const begun = performance.now();
  stripControls(`${ESC}]`.repeat(100_000));
  stripControls(`${ESC}[`.repeat(100_000));
  stripControls(`${ESC}[${'0'.repeat(200_000)}`);
  expect(performance.now() - begun).toBeLessThan(1000);
});
