import { expect, test } from 'vitest';
import { madePlain, plain } from '../../dashboard/src/show/plain.ts';

test('what would hide or turn text is shown by its name', () => {
  expect(plain('rm \u202Etxt.exe\u202C\u200B')).toBe('rm ⟨U+202E⟩txt.exe⟨U+202C⟩⟨U+200B⟩');
  expect(plain('\u{E0041}')).toBe('⟨U+E0041⟩');
});

test('what people write stays: joined signs, right to left, lines', () => {
  const text = '👩\u200D💻 שלום\u200F\n\tmí\u0301';
  expect(plain(text)).toBe(text);
});

test('every string of an answer is plain, but for what is sent back', () => {
  const answer = JSON.stringify({ title: 'a\u202E', list: ['\u2066b'], text: 'c\u202E', n: 1 });
  expect(JSON.parse(answer, madePlain('text'))).toEqual({
    title: 'a⟨U+202E⟩',
    list: ['⟨U+2066⟩b'],
    text: 'c\u202E',
    n: 1,
  });
});
