import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { openPlainView } from '../../../src/cli/interactive/plain-view.ts';
import type { Screen } from '../../../src/cli/interactive/screen.ts';
import { createScreenStore, type ScreenStore } from '../../../src/cli/interactive/store.ts';
import { AGENT, aScreen, AT, hosted, QUESTION } from './a-screen.ts';

interface Shown {
  readonly store: ScreenStore;
  /** All that stands there, line by line; the last one is the prompt. */
  readonly lines: () => readonly string[];
  readonly raw: () => string;
}

/** A plain view in a terminal of so many columns. */
function shown(screen: Screen, columns: number, order: { prompt?: boolean } = {}): Shown {
  const out = new PassThrough({ encoding: 'utf8' });
  let written = '';
  const store = createScreenStore(screen);
  openPlainView(store, Object.assign(out, { columns }), order);
  const raw = (): string => (written += String(out.read() ?? ''));
  return {
    store,
    raw,
    lines: () =>
      raw()
        .split('\n')
        .map((line) => line.split('\r').at(-1) ?? ''),
  };
}

test('lines are broken between words, and go on under their text', () => {
  const { store, lines } = shown(hosted(...AGENT), 40);
  const text = '10:20:30  LINK-1: says complete: Links are read, cleaned and refused.';
  store.dispatch({ type: 'talk', lines: [{ kind: 'event', text }] });
  expect(lines()).toEqual([
    '--- reading-list: running (rehearsal)',
    '(Esc interrupts; Tab shows an agent;',
    '/help lists commands)',
    '10:20:30  LINK-1: says complete: Links',
    '          are read, cleaned and refused.',
    '> ',
  ]);
});

test('which run it is and how it stands is said when that changes, and once', () => {
  const { store, lines } = shown(hosted(...QUESTION), 80);
  store.dispatch({ type: 'tick', now: AT });
  const heads = lines().filter((line) => line.startsWith('---'));
  expect(heads).toEqual(['--- reading-list: waiting approval (rehearsal)']);
  store.dispatch({ type: 'detached' });
  expect(lines().at(-2)).toBe('(Esc interrupts; Tab shows an agent; /help lists commands)');
});

test('a document is printed whole, and the prompt is that of its keys', () => {
  const { store, lines } = shown({ ...hosted(...QUESTION), editor: anEditor('half a line') }, 40);
  const question = { about: 'ideation', state: 's', editable: true };
  const pager = {
    title: 'ideation: requirements.md',
    lines: ['# List', '- an entry that is longer than the line is'],
    top: { line: 0, piece: 0 },
    question,
  };
  store.dispatch({ type: 'pager', pager });
  expect(lines().slice(-6)).toEqual([
    '--- ideation: requirements.md',
    '# List',
    '- an entry that is longer than the line',
    '  is',
    '--- a approves, e edits, r rejects, q goes back',
    ': ',
  ]);
});

function anEditor(text: string): Screen['editor'] {
  return { ...aScreen().editor, text, cursor: text.length };
}

test('nothing of what an agent says is a control character to the terminal', () => {
  const { store, raw } = shown(hosted(...AGENT), 20);
  store.dispatch({ type: 'watched', session: 'session-1' });
  store.dispatch({ type: 'output', session: 'session-1', lines: ['10:00:00  a plain word'] });
  expect(raw()).toContain('LINK-1 | 10:00:00');
  expect(raw()).not.toMatch(/(?![\r\n])\p{Cc}/u);
});

test('who only watches has lines alone: no prompt, no hint of keys', () => {
  const { store, raw } = shown(hosted(...AGENT), 80, { prompt: false });
  store.dispatch({ type: 'talk', lines: [{ kind: 'event', text: '10:20:30  LINK-1: started' }] });
  expect(raw()).toBe('--- reading-list: running (rehearsal)\n10:20:30  LINK-1: started\n');
});
