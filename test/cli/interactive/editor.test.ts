import { describe, expect, test } from 'vitest';
import {
  edit,
  EMPTY_EDITOR,
  handedIn,
  withText,
  type Editor,
} from '../../../src/cli/interactive/editor.ts';
import { createKeyDecoder } from '../../../src/cli/interactive/keys.ts';

/** What the keys of a terminal make of an editor; a bar marks the cursor. */
function after(keys: string, before: Editor = EMPTY_EDITOR): string {
  const { text, cursor } = edited(keys, before);
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

function edited(keys: string, before: Editor = EMPTY_EDITOR): Editor {
  const decoder = createKeyDecoder();
  return [...decoder.feed(keys), ...decoder.flush()].reduce(
    (editor, key) => edit(editor, key) ?? editor,
    before,
  );
}

const LEFT = '\u001B[D';
const RIGHT = '\u001B[C';
const UP = '\u001B[A';
const DOWN = '\u001B[B';

describe('the line editor', () => {
  test('inserts, removes and moves', () => {
    expect(after(`abc${LEFT}${LEFT}x`)).toBe('ax|bc');
    expect(after(`abc\u007F${LEFT}\u001B[3~`)).toBe('a|');
    expect(after('\u007F\u0004')).toBe('|');
    expect(after(`one two three\u001B[1;5D\u001Bb`)).toBe('one |two three');
    expect(after(`one two\u0001\u001Bf${RIGHT}`)).toBe('one |two');
    expect(after('abc\u0001x\u0005y')).toBe('xabcy|');
  });

  test('moves over and removes what a person takes for one character', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(after(`a${family}${LEFT}b`)).toBe(`ab|${family}`);
    expect(after(`a${family}\u007F`)).toBe('a|');
    expect(after(`ae\u0301\u007F`)).toBe('a|');
    expect(after(`${family}x\u0001${RIGHT}`)).toBe(`${family}|x`);
  });

  test('cuts to either end and by words, and puts back what it cut', () => {
    expect(after('one two\u0017')).toBe('one |');
    expect(after('one two\u0017\u0015')).toBe('|');
    expect(after('one two\u0001\u000B')).toBe('|');
    expect(after('one two\u0017\u0019\u0019')).toBe('one twotwo|');
    expect(after(`one\ntwo\u0015`)).toBe('one\n|');
    expect(after(`one\ntwo\nthree\u0015\u0015`)).toBe('one\n|');
    expect(after(`one\n\ntwo\u0015\u0015\u0015\u0015`)).toBe('|');
    expect(after(`one\ntwo${LEFT}${LEFT}${LEFT}\u0015`)).toBe('|two');
  });

  test('has lines, and goes up and down in them', () => {
    expect(after('\u001B[200~one\ntwo\nthree\u001B[201~')).toBe('one\ntwo\nthree|');
    expect(after(`one\ntw${UP}`)).toBe('on|e\ntw');
    expect(after(`o\nthree${UP}`)).toBe('o|\nthree');
    expect(after(`one\ntwo${UP}${DOWN}x`)).toBe('one\ntwox|');
    expect(after('one\ntwo\u0001x')).toBe('one\nxtwo|'.replace('xtwo|', 'x|two'));
    expect(after('one\u001B\rtwo')).toBe('one\ntwo|');
  });

  test('goes back in what was handed in, and keeps what was begun', () => {
    const before = ['first', 'second', 'second', ' '].reduce(
      (editor, text) => handedIn(withText(editor, text)),
      EMPTY_EDITOR,
    );
    expect(before.history).toEqual(['first', 'second']);
    expect([before.text, before.cursor]).toEqual(['', 0]);
    expect(after(`new${UP}`, before)).toBe('second|');
    expect(after(`new${UP}${UP}${UP}`, before)).toBe('first|');
    expect(after(`new${UP}${UP}${DOWN}${DOWN}${DOWN}`, before)).toBe('new|');
    expect(after(DOWN, before)).toBe('|');
    const changed = handedIn(edited(`${UP}${UP}!`, before));
    expect(changed.history).toEqual(['first', 'second', 'first!']);
  });

  test('Ctrl+R finds what was handed in with these words in it, the newest first', () => {
    const before = ['build a list', 'sort it', 'build a tree'].reduce(
      (editor, text) => handedIn(withText(editor, text)),
      EMPTY_EDITOR,
    );
    expect(after('build\u0012', before)).toBe('build a tree|');
    expect(after('build\u0012\u0012', before)).toBe('build a list|');
    expect(after('build\u0012\u0012\u0012', before)).toBe('build a list|');
    expect(after(`build\u0012\u0012${DOWN}${DOWN}${DOWN}`, before)).toBe('build|');
    expect(after('nothing\u0012', before)).toBe('nothing|');
    expect(after(`sort\u0012!\u0012`, before)).toBe('sort it!|');
  });

  test('remembers no more than a person looks for', () => {
    const many = Array.from({ length: 600 }, (_, at) => `line ${at}`).reduce(
      (editor, text) => handedIn(withText(editor, text)),
      EMPTY_EDITOR,
    );
    expect([many.history.length, many.history[0]]).toEqual([500, 'line 100']);
  });

  test('leaves keys alone that are not its own', () => {
    expect(edit(EMPTY_EDITOR, { type: 'named', name: 'page_up' })).toBeUndefined();
    expect(edit(EMPTY_EDITOR, { type: 'named', name: 'enter' })).toBeUndefined();
  });
});
