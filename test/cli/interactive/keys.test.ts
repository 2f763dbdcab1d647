import { expect, test } from 'vitest';
import { createKeyDecoder, type Key } from '../../../src/cli/interactive/keys.ts';

/** Keys in short: names as they are, text in quotes, pastes in angle brackets. */
function short(keys: readonly Key[]): readonly string[] {
  return keys.map((key) => {
    if (key.type === 'named') return key.name;
    return key.type === 'text' ? JSON.stringify(key.text) : `<${key.text}>`;
  });
}

function decoded(...pieces: readonly string[]): readonly string[] {
  const decoder = createKeyDecoder();
  return [...pieces.flatMap((piece) => short(decoder.feed(piece))), ...short(decoder.flush())];
}

test('text and Enter in one piece are both heard, whatever the end of the line', () => {
  expect(decoded('hello\r')).toEqual(['"hello"', 'enter']);
  expect(decoded('a\r\nb\r')).toEqual(['"a"', 'enter', '"b"', 'enter']);
  expect(decoded('/status\r/quit\r')).toEqual(['"/status"', 'enter', '"/quit"', 'enter']);
  expect(decoded('a\nb')).toEqual(['"a"', 'newline', '"b"']);
});

test('a sequence is one key, in whole or in pieces', () => {
  expect(decoded('\u001B[A\u001B[B\u001BOC\u001B[D')).toEqual(['up', 'down', 'right', 'left']);
  expect(decoded('\u001B', '[', 'A')).toEqual(['up']);
  expect(decoded('\u001B[3~\u001B[5~\u001B[6~\u001B[1;5C')).toEqual([
    'delete',
    'page_up',
    'page_down',
    'word_right',
  ]);
  expect(decoded('x\u001B[Zy')).toEqual(['"x"', 'shift_tab', '"y"']);
});

test('an escape that nothing follows is the key, and so is each of several', () => {
  expect(decoded('\u001B')).toEqual(['escape']);
  expect(decoded('\u001B\u001B')).toEqual(['escape', 'escape']);
  expect(decoded('a\u001B')).toEqual(['"a"', 'escape']);
  const decoder = createKeyDecoder();
  expect(decoder.feed('\u001B')).toEqual([]);
  expect(decoder.waits()).toBe(true);
  expect(short(decoder.flush())).toEqual(['escape']);
  expect(decoder.waits()).toBe(false);
});

test('control keys have names; a sequence that means nothing is left out', () => {
  expect(decoded('\u0003\u0001\u007F\t\u0004')).toEqual([
    'ctrl_c',
    'ctrl_a',
    'backspace',
    'tab',
    'ctrl_d',
  ]);
  expect(decoded('a\u001B[?62;4cb\u001B[Ic\u001B[200d')).toEqual(['"a"', '"b"', '"c"']);
  expect(decoded('\u0000\u001Fa')).toEqual(['"a"']);
  expect(decoded('\u001B\r')).toEqual(['newline']);
});

test('what is pasted is one text with its lines, in whole or in pieces; Enter in it is none', () => {
  const pasted = '\u001B[200~one\r\ntwo\rthree\n\u001B[31m\u001B[201~';
  expect(decoded(`${pasted}x\r`)).toEqual(['<one\ntwo\nthree\n\u001B[31m>', '"x"', 'enter']);
  expect(decoded('\u001B[20', '0~one', '\rtwo\u001B[2', '01~')).toEqual(['<one\ntwo>']);
  const decoder = createKeyDecoder();
  expect([decoder.feed('\u001B[200~half'), decoder.waits(), decoder.flush()]).toEqual([
    [],
    false,
    [],
  ]);
});

test('a paste that never ends is taken as it is, once it is too long', () => {
  const keys = decoded(`\u001B[200~${'x'.repeat(1_000_100)}`);
  expect(keys.map((key) => key.length)).toEqual([1_000_102]);
});
