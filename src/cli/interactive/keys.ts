/** What a person did at the keyboard. */
export type Key =
  | { readonly type: 'text'; readonly text: string }
  /** Text that was pasted, with its lines. */
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'named'; readonly name: KeyName };

export type KeyName =
  | 'enter'
  | 'newline'
  | 'escape'
  | 'tab'
  | 'shift_tab'
  | 'backspace'
  | 'delete'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'home'
  | 'end'
  | 'page_up'
  | 'page_down'
  | 'word_left'
  | 'word_right'
  | `ctrl_${string}`;

/** Turns the bytes of a terminal into keys, however they are cut into pieces. */
export interface KeyDecoder {
  /** Keys that are whole by now. */
  feed(text: string): readonly Key[];
  /** An escape that nothing followed is the key itself; to be called when nothing more has come. */
  flush(): readonly Key[];
  /** Whether something waits for its end. */
  waits(): boolean;
}

const ESC = '\u001B';
const PASTE_BEGINS = `${ESC}[200~`;
const PASTE_ENDS = `${ESC}[201~`;

/** By what follows the escape. */
const SEQUENCES: Readonly<Record<string, KeyName>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  '[Z': 'shift_tab',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[7~': 'home',
  '[4~': 'end',
  '[8~': 'end',
  '[3~': 'delete',
  '[5~': 'page_up',
  '[6~': 'page_down',
  '[1;5D': 'word_left',
  '[1;3D': 'word_left',
  '[1;5C': 'word_right',
  '[1;3C': 'word_right',
  '[13;2u': 'newline',
  '\r': 'newline',
  '\n': 'newline',
  b: 'word_left',
  f: 'word_right',
  '\u007F': 'ctrl_w',
};

/** A sequence from its second character: CSI, SS3, or one character after the escape. */
const SEQUENCE = /^(?:\[[0-?]*[ -/]*[@-~]|O[A-Z]|[^[O])/u;
const UNFINISHED = /^(?:\[[0-?]*[ -/]*|O)?$/u;

/** Nobody pastes more than this on purpose; what ends nowhere must not grow for ever. */
const LONGEST_PASTE = 1_000_000;

/** One decoder for one terminal; pure but for what it keeps of unfinished sequences. */
export function createKeyDecoder(): KeyDecoder {
  let rest = '';
  const decode = (final: boolean): readonly Key[] => {
    const keys: Key[] = [];
    for (;;) {
      const taken = take(rest, final);
      if (taken === undefined) return keys;
      keys.push(...taken.keys);
      rest = rest.slice(taken.length);
    }
  };
  return {
    feed(text) {
      rest += text;
      return decode(false);
    },
    flush: () => decode(true),
    waits: () => rest !== '' && !rest.startsWith(PASTE_BEGINS),
  };
}

interface Taken {
  readonly keys: readonly Key[];
  readonly length: number;
}

function take(rest: string, final: boolean): Taken | undefined {
  if (rest === '') return undefined;
  if (rest.startsWith(PASTE_BEGINS)) return takePaste(rest);
  if (rest.startsWith(ESC)) return takeSequence(rest, final);
  const [text = ''] = /^\P{Cc}*/u.exec(rest) ?? [];
  if (text !== '') return { keys: [{ type: 'text', text }], length: text.length };
  const name = controlName(rest);
  const length = rest.startsWith('\r\n') ? 2 : 1;
  return { keys: name === undefined ? [] : [{ type: 'named', name }], length };
}

function takePaste(rest: string): Taken | undefined {
  const end = rest.indexOf(PASTE_ENDS);
  if (end < 0 && rest.length < LONGEST_PASTE) return undefined;
  const text = rest.slice(PASTE_BEGINS.length, end < 0 ? undefined : end);
  const length = end < 0 ? rest.length : end + PASTE_ENDS.length;
  return { keys: [{ type: 'paste', text: text.replaceAll(/\r\n?/gu, '\n') }], length };
}

/** A second escape ends the first one; a sequence that means nothing here is left out. */
function takeSequence(rest: string, final: boolean): Taken | undefined {
  const after = rest.slice(ESC.length);
  const unfinished = UNFINISHED.test(after);
  if (unfinished && !final) return undefined;
  if (unfinished || after.startsWith(ESC))
    return { keys: [{ type: 'named', name: 'escape' }], length: ESC.length };
  const [sequence = ''] = SEQUENCE.exec(after) ?? [];
  const name = SEQUENCES[sequence];
  const keys: readonly Key[] = name === undefined ? [] : [{ type: 'named', name }];
  return { keys, length: ESC.length + Math.max(1, sequence.length) };
}

/** A terminal sends its Enter as CR; LF is Ctrl+J, which begins a line. */
function controlName(rest: string): KeyName | undefined {
  const code = rest.charCodeAt(0);
  if (code === 0x0d) return 'enter';
  if (code === 0x0a) return 'newline';
  if (code === 0x09) return 'tab';
  if (code === 0x7f || code === 0x08) return 'backspace';
  return code >= 1 && code <= 26 ? `ctrl_${String.fromCharCode(code + 96)}` : undefined;
}
