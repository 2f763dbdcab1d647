import { describe, expect, test } from 'vitest';
import type { Pager } from '../../../src/cli/interactive/pager.ts';
import { reduceScreen, type Screen } from '../../../src/cli/interactive/screen.ts';
import { AGENT, aScreen, hosted, PROJECT, QUESTION, typedAt } from './a-screen.ts';

const ESC = '\u001B';
const CTRL_C = '\u0003';
const stopped = (): Screen =>
  reduceScreen(hosted(...AGENT, { type: 'run.status', status: 'stopped', reason: null }), {
    type: 'activity',
    activity: 'idle',
  });

describe('keys at the prompt', () => {
  test('R-143 Esc interrupts what is under way, and nothing else', () => {
    expect(typedAt(hosted(...AGENT), ESC).intents).toEqual([{ type: 'interrupt' }]);
    expect(typedAt(stopped(), `abc${ESC}`)).toMatchObject({
      intents: [],
      screen: { editor: { text: '' } },
    });
    expect(typedAt(hosted(...QUESTION), ESC).intents).toEqual([]);
  });

  test('R-144 Ctrl+C interrupts and does not leave; the next one leaves, with the run to be resumed', () => {
    const once = typedAt(hosted(...AGENT), CTRL_C);
    expect(once.intents).toEqual([{ type: 'interrupt' }]);
    const ending = reduceScreen(once.screen, { type: 'activity', activity: 'ending' });
    expect(typedAt(ending, CTRL_C).intents).toEqual([{ type: 'leave', exit: 130 }]);
    expect(typedAt(stopped(), CTRL_C).intents).toEqual([]);
    expect(typedAt(stopped(), CTRL_C + CTRL_C).intents).toEqual([{ type: 'leave', exit: 130 }]);
  });

  test('any key between two Ctrl+C takes the first one back', () => {
    expect(typedAt(stopped(), `${CTRL_C}a${CTRL_C}`)).toMatchObject({
      intents: [],
      screen: { armed: true, editor: { text: '' } },
    });
  });

  test('R-145 Enter on an empty line goes on', () => {
    expect(typedAt(stopped(), '\r').intents).toEqual([{ type: 'go_on' }]);
    expect(typedAt(stopped(), '  \r').intents).toEqual([{ type: 'go_on' }]);
  });

  test('R-035 what is typed or pasted is an idea, with all its lines', () => {
    const pasted = typedAt(aScreen(), `${ESC}[200~a list\nof links${ESC}[201~ for us\r`);
    expect(pasted.intents).toEqual([{ type: 'idea', text: 'a list\nof links for us' }]);
    expect(pasted.screen.talk).toEqual([
      { kind: 'typed', text: 'a list' },
      { kind: 'typed', text: 'of links for us' },
    ]);
    expect(pasted.screen.editor).toMatchObject({
      text: '',
      history: ['a list\nof links for us'],
    });
  });

  test('a command is told from an idea; one that is none is said to be none', () => {
    expect(typedAt(aScreen(), '/why X-1\r').intents).toEqual([
      { type: 'command', name: 'why', rest: 'X-1' },
    ]);
    const unknown = typedAt(aScreen(), '/wy\r');
    expect(unknown.intents).toEqual([]);
    expect(unknown.screen.talk.at(-1)).toMatchObject({ kind: 'warned' });
  });

  test('Tab completes; where several fit it offers them', () => {
    expect(typedAt(aScreen(), '/ap\t').screen.editor.text).toBe('/approve ');
    expect(typedAt(aScreen(), '/st\t').screen.offers).toEqual(['/stop', '/status']);
    expect(typedAt(aScreen(), '/st\ta').screen.offers).toEqual([]);
    expect(typedAt(hosted(...AGENT), '/why \t').screen.editor.text).toBe('/why LINK-');
    expect(typedAt(hosted(...QUESTION), '/approve \t').screen.editor.text).toBe(
      '/approve ideation ',
    );
  });

  test('Tab on an empty line goes through the agents and back', () => {
    expect(typedAt(hosted(...AGENT), '\t').screen.watched).toBe('session-1');
    expect(typedAt(hosted(...AGENT), '\t\t').screen.watched).toBeNull();
    expect(typedAt(hosted(), '\t').screen.watched).toBeNull();
  });

  test('an agent that has ended is not watched any more', () => {
    const watching = typedAt(hosted(...AGENT), '\t').screen;
    const ended = reduceScreen(watching, {
      type: 'stored',
      stored: {
        projectId: PROJECT.id,
        runId: 'run-1',
        id: 99,
        at: watching.now,
        event: { type: 'run.status', status: 'stopped', reason: null },
      },
    });
    expect(ended.watched).toBeNull();
  });

  test('Ctrl+D on an empty line leaves; on another it removes', () => {
    expect(typedAt(stopped(), '\u0004').intents).toEqual([{ type: 'leave', exit: 0 }]);
    expect(typedAt(stopped(), 'ab\u0001\u0004')).toMatchObject({
      intents: [],
      screen: { editor: { text: 'b' } },
    });
  });

  test('nothing is heard any more once the person leaves', () => {
    const leaving = aScreen({ type: 'activity', activity: 'leaving' });
    expect(typedAt(leaving, `abc\r${CTRL_C}${CTRL_C}`)).toEqual({ screen: leaving, intents: [] });
  });

  test('Ctrl+C leaves at once what takes long to end, and not before', () => {
    const leaving = aScreen({ type: 'activity', activity: 'leaving' });
    const tick = { type: 'tick', now: '2026-03-01T10:20:35.000Z' } as const;
    expect(typedAt(leaving, CTRL_C).intents).toEqual([]);
    expect(typedAt(reduceScreen(leaving, tick), `x${CTRL_C}`).intents).toEqual([
      { type: 'abandon' },
    ]);
  });

  test('what was scrolled to stays while more comes in', () => {
    const lines = Array.from({ length: 30 }, (_, at) => ({ kind: 'told', text: `${at}` }) as const);
    const long = aScreen({ type: 'talk', lines });
    const back = typedAt(long, `${ESC}[5~`).screen;
    expect(back.scroll).toBe(12);
    const more = reduceScreen(back, { type: 'talk', lines: lines.slice(0, 3) });
    expect(more.scroll).toBe(15);
    expect(typedAt(more, `${ESC}[6~${ESC}[6~`).screen.scroll).toBe(0);
  });
});

describe('a document that waits for an answer', () => {
  const pager: Pager = {
    title: 'ideation',
    lines: Array.from({ length: 50 }, (_, at) => `line ${at}`),
    top: { line: 0, piece: 0 },
    question: { about: 'ideation', state: 'abc', editable: true },
  };
  const reading = reduceScreen(hosted(...QUESTION), { type: 'pager', pager });

  test('is gone through, and never past its ends', () => {
    const tops = ['j', 'jjk', ' ', ' b', 'G', 'Gj', 'Gk', '   ', 'k'].map(
      (keys) => typedAt(reading, keys).screen.pager?.top.line,
    );
    // 22 of the 24 rows of the terminal are the document's.
    expect(tops).toEqual([1, 1, 22, 0, 28, 28, 27, 28, 0]);
  });

  test('a line of many rows is gone through row by row, also where the terminal was wider before', () => {
    const lines = ['word '.repeat(200).trim(), 'end'];
    const long = reduceScreen(reading, { type: 'pager', pager: { ...pager, lines } });
    const narrow = reduceScreen(long, { type: 'resized', size: { columns: 20, rows: 6 } });
    expect(typedAt(narrow, ' ').screen.pager?.top).toEqual({ line: 0, piece: 4 });
    const last = typedAt(narrow, 'G').screen;
    expect(last.pager?.top).toEqual({ line: 0, piece: 47 });
    const wide = reduceScreen(last, { type: 'resized', size: { columns: 100, rows: 6 } });
    expect(typedAt(wide, 'k').screen.pager?.top).toEqual({ line: 0, piece: 8 });
  });

  test('is answered for exactly what was looked at', () => {
    const about = { about: 'ideation', state: 'abc' };
    expect(typedAt(reading, 'a').intents).toEqual([{ type: 'approve', ...about }]);
    expect(typedAt(reading, 'e').intents).toEqual([{ type: 'edit', ...about }]);
    const refusing = typedAt(reading, 'r');
    expect([refusing.intents, refusing.screen.pager]).toEqual([[], null]);
    expect(typedAt(refusing.screen, '\r').intents).toEqual([]);
    expect(typedAt(refusing.screen, 'too long\r').intents).toEqual([
      { type: 'reject', ...about, reason: 'too long' },
    ]);
    const back = typedAt(refusing.screen, ESC).screen;
    expect(typedAt(back, 'too long\r').intents).toEqual([{ type: 'idea', text: 'too long' }]);
    expect(typedAt(reading, 'rtoo long\r').intents).toMatchObject([{ reason: 'too long' }]);
  });

  test('a slip of the finger answers nothing', () => {
    expect(typedAt(reading, 'xyzA').intents).toEqual([]);
    expect(typedAt(reading, 'q')).toMatchObject({ intents: [], screen: { pager: null } });
    const change: Pager = { ...pager, question: { about: 'X', state: 's', editable: false } };
    expect(typedAt({ ...reading, pager: change }, 'e').intents).toEqual([]);
    expect(typedAt({ ...reading, pager: { ...pager, question: null } }, 'a').intents).toEqual([]);
  });
});
