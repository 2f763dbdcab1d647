import type { Key, KeyName } from './keys.ts';

/** A line editor: text of one or more lines, a cursor in it, and what was typed before. */
export interface Editor {
  readonly text: string;
  /** Index into the text, at the beginning of a grapheme. */
  readonly cursor: number;
  /** What was cut last, for Ctrl+Y. */
  readonly cut: string;
  /** Oldest first. */
  readonly history: readonly string[];
  /** Entry of the history that is shown; null: the text is new. */
  readonly recalled: number | null;
  /** The new text, kept while the history is shown. */
  readonly draft: string;
  /** What is looked for in the history, from the first Ctrl+R until another key; null: nothing. */
  readonly sought: string | null;
}

export const EMPTY_EDITOR: Editor = Object.freeze({
  text: '',
  cursor: 0,
  cut: '',
  history: [],
  recalled: null,
  draft: '',
  sought: null,
});

/** A person goes back no further. */
const HISTORY_LENGTH = 500;

/** The editor with this text, the cursor at its end. */
export function withText(editor: Editor, text: string): Editor {
  return { ...editor, text, cursor: text.length };
}

/** The editor after its text was handed in. */
export function handedIn(editor: Editor): Editor {
  const { history, text } = editor;
  const known = text.trim() === '' || history.at(-1) === text;
  return {
    ...EMPTY_EDITOR,
    cut: editor.cut,
    history: known ? history : [...history, text].slice(-HISTORY_LENGTH),
  };
}

/** The editor after a key; undefined when the key is none of its own. */
export function edit(editor: Editor, key: Key): Editor | undefined {
  if (key.type === 'named' && key.name === 'ctrl_r') return found(editor);
  const calm = editor.sought === null ? editor : { ...editor, sought: null };
  if (key.type === 'named') return EDITS[key.name]?.(calm);
  return inserted(calm, key.text);
}

type Edit = (editor: Editor) => Editor;

const EDITS: { readonly [N in KeyName]?: Edit } = {
  newline: (editor) => inserted(editor, '\n'),
  backspace: (editor) => removed(editor, before(editor), editor.cursor),
  delete: (editor) => removed(editor, editor.cursor, behind(editor)),
  ctrl_d: (editor) => removed(editor, editor.cursor, behind(editor)),
  left: (editor) => ({ ...editor, cursor: before(editor) }),
  ctrl_b: (editor) => ({ ...editor, cursor: before(editor) }),
  right: (editor) => ({ ...editor, cursor: behind(editor) }),
  ctrl_f: (editor) => ({ ...editor, cursor: behind(editor) }),
  home: (editor) => ({ ...editor, cursor: lineStart(editor) }),
  ctrl_a: (editor) => ({ ...editor, cursor: lineStart(editor) }),
  end: (editor) => ({ ...editor, cursor: lineEnd(editor) }),
  ctrl_e: (editor) => ({ ...editor, cursor: lineEnd(editor) }),
  word_left: (editor) => ({ ...editor, cursor: wordStart(editor) }),
  word_right: (editor) => ({ ...editor, cursor: wordEnd(editor) }),
  ctrl_u: cutBack,
  ctrl_k: (editor) => cut(editor, editor.cursor, lineEnd(editor)),
  ctrl_w: (editor) => cut(editor, wordStart(editor), editor.cursor),
  ctrl_y: (editor) => inserted(editor, editor.cut),
  up: (editor) => upward(editor),
  ctrl_p: (editor) => recall(editor, -1),
  down: (editor) => downward(editor),
  ctrl_n: (editor) => recall(editor, 1),
};

function inserted(editor: Editor, text: string): Editor {
  const { cursor } = editor;
  return {
    ...editor,
    text: editor.text.slice(0, cursor) + text + editor.text.slice(cursor),
    cursor: cursor + text.length,
  };
}

function removed(editor: Editor, from: number, to: number): Editor {
  return { ...editor, text: editor.text.slice(0, from) + editor.text.slice(to), cursor: from };
}

function cut(editor: Editor, from: number, to: number): Editor {
  return from === to ? editor : { ...removed(editor, from, to), cut: editor.text.slice(from, to) };
}

/** To the start of the line; from there the line before too, so that it empties a text of several. */
function cutBack(editor: Editor): Editor {
  const start = lineStart(editor);
  const from = start === editor.cursor ? lineStart({ ...editor, cursor: start - 1 }) : start;
  return cut(editor, from, editor.cursor);
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a person takes for one character, however it is made. */
export function graphemes(text: string): readonly string[] {
  return Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}

function before({ text, cursor }: Editor): number {
  const last = graphemes(text.slice(Math.max(0, cursor - LONGEST_GRAPHEME), cursor)).at(-1) ?? '';
  return cursor - last.length;
}

function behind({ text, cursor }: Editor): number {
  const [first = ''] = graphemes(text.slice(cursor, cursor + LONGEST_GRAPHEME));
  return cursor + first.length;
}

/** Families and flags are within this; a long text is not gone through whole for each key. */
const LONGEST_GRAPHEME = 64;

function lineStart({ text, cursor }: Editor): number {
  return cursor <= 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1;
}

function lineEnd({ text, cursor }: Editor): number {
  const end = text.indexOf('\n', cursor);
  return end < 0 ? text.length : end;
}

function wordStart({ text, cursor }: Editor): number {
  const [tail = ''] = /\S*\s*$/u.exec(text.slice(0, cursor)) ?? [];
  return cursor - tail.length;
}

function wordEnd({ text, cursor }: Editor): number {
  const [head = ''] = /^\s*\S*/u.exec(text.slice(cursor)) ?? [];
  return cursor + head.length;
}

/** A line up, and from the first one back in the history. */
function upward(editor: Editor): Editor {
  const start = lineStart(editor);
  if (start === 0) return recall(editor, -1);
  const above = lineStart({ ...editor, cursor: start - 1 });
  return { ...editor, cursor: Math.min(above + editor.cursor - start, start - 1) };
}

function downward(editor: Editor): Editor {
  const end = lineEnd(editor);
  if (end === editor.text.length) return recall(editor, 1);
  const below = lineEnd({ ...editor, cursor: end + 1 });
  return { ...editor, cursor: Math.min(end + 1 + editor.cursor - lineStart(editor), below) };
}

/** The newest entry of the history with what is typed in it; looked for again, the one before. */
function found(editor: Editor): Editor {
  const { history, recalled } = editor;
  const sought = editor.sought ?? editor.text;
  const older = history.slice(0, recalled ?? history.length);
  const at = older.findLastIndex((entry) => entry.includes(sought) && entry !== editor.text);
  const next = { ...editor, sought };
  if (at < 0) return next;
  const draft = recalled === null ? editor.text : editor.draft;
  return { ...withText(next, history[at] ?? ''), recalled: at, draft };
}

function recall(editor: Editor, step: 1 | -1): Editor {
  const { history, recalled } = editor;
  const next = (recalled ?? history.length) + step;
  if (next < 0 || next > history.length || history.length === 0) return editor;
  const draft = recalled === null ? editor.text : editor.draft;
  if (next === history.length)
    return recalled === null ? editor : { ...withText(editor, draft), recalled: null, draft: '' };
  return { ...withText(editor, history[next] ?? ''), recalled: next, draft };
}
