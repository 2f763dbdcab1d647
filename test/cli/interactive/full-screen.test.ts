import { describe, expect, test } from 'vitest';
import { columnsOf, fitted, safeLine, wrapped } from '../../../src/cli/interactive/cells.ts';
import { clockOf, compact, roughly, spentOf } from '../../../src/cli/interactive/figures.ts';
import { fullScreen, watchScreen } from '../../../src/cli/interactive/full-rows.ts';
import { FIRST_PAGE, shortLines } from '../../../src/cli/interactive/pager.ts';
import type { Size } from '../../../src/cli/interactive/rows.ts';
import { reduceScreen, type Screen } from '../../../src/cli/interactive/screen.ts';
import { talkLines } from '../../../src/cli/interactive/speech.ts';
import { NO_USAGE } from '../../../src/domain/usage.ts';
import { AGENT, aScreen, AT, hosted, QUESTION, typedAt } from './a-screen.ts';

const SIZES: readonly Size[] = [
  { columns: 120, rows: 40 },
  { columns: 80, rows: 24 },
  { columns: 50, rows: 18 },
  { columns: 20, rows: 6 },
  { columns: 1, rows: 1 },
];

function drawn(screen: Screen, size: Size = { columns: 80, rows: 24 }): readonly string[] {
  return fullScreen(screen, size).rows.map((row) => row.map(({ text }) => text).join(''));
}

function cursorAfter(keys: string): unknown {
  return fullScreen(typedAt(aScreen(), keys).screen, { columns: 20, rows: 10 }).cursor;
}

function hint(screen: Screen): string | undefined {
  return drawn(screen).at(-2);
}

const LONG = { kind: 'told', text: 'word '.repeat(60) } as const;
const TALK = { type: 'talk', lines: Array.from({ length: 50 }, () => LONG) } as const;

describe('the full screen', () => {
  test.each([
    ['at the first prompt', aScreen()],
    ['with a long talk', aScreen(TALK)],
    ['with agents', hosted(...AGENT)],
    ['with a question', reduceScreen(hosted(...QUESTION), TALK)],
    ['with a long text being typed', typedAt(aScreen(TALK), 'wide 漢字 👨‍👩‍👧 '.repeat(80)).screen],
    [
      'with a document',
      reduceScreen(hosted(), {
        type: 'pager',
        pager: {
          title: 'T',
          lines: ['x'.repeat(500), '漢'.repeat(90)],
          top: { line: 0, piece: 0 },
          question: null,
        },
      }),
    ],
  ])('fills every size and no more, %s', (_name, screen) => {
    for (const size of SIZES) {
      const { rows, cursor } = fullScreen(screen, size);
      const lines = drawn(screen, size);
      expect(rows).toHaveLength(size.rows);
      for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(size.columns);
      expect(cursor === null || size.rows < 6 || cursor.y < size.rows).toBe(true);
    }
  });

  test('shows who is at work, on what, doing what, since when and for how much', () => {
    const usage = { ...NO_USAGE, inputTokens: 12_345, costUsd: 0.5 };
    const doing = { at: AT, kind: 'tool', text: 'Bash npm test' } as const;
    const screen = [
      { type: 'did', session: 'session-1', doing } as const,
      { type: 'spent', total: usage, bySession: new Map([['session-1', usage]]) } as const,
      { type: 'tick', now: '2026-03-01T10:22:00.000Z' } as const,
    ].reduce(reduceScreen, hosted(...AGENT));
    const lines = drawn(screen);
    expect(lines[0]).toMatch(/^reading-list {2}running {2}rehearsal .* 1:30 {2}12\.3k tok$/u);
    expect(lines[1]).toContain('implement, 5 of 7');
    expect(lines[2]).toContain('0 of 2 items done, time left unknown');
    expect(lines[3]).toMatch(/^ {2}LINK-1 {2}Bash npm test .* 12\.3k tok {2}1:30$/u);
    expect(drawn(screen, { columns: 50, rows: 18 })[3]).toMatch(/LINK-1 {2}Bash npm test +1:30$/u);
    expect(drawn(screen, { columns: 120, rows: 40 })[1]).toContain('● implement');
  });

  test('shows what an agent says in place of the talk', () => {
    const watching = reduceScreen(typedAt(hosted(...AGENT), '\t').screen, {
      type: 'output',
      session: 'session-1',
      lines: ['10:00:00  I look around'],
    });
    const lines = drawn(watching);
    expect(lines.join('\n')).toContain('LINK-1 says and does');
    expect(lines).toContain('10:00:00  I look around');
  });

  test('R-059 a question is shown with how to answer it', () => {
    const lines = drawn(hosted(...QUESTION));
    expect(lines.at(-3)).toContain('? ideation  Approve ideation: PRPs/plans/requirements.md?');
    expect(lines.at(-2)).toContain('Enter reads ideation; /approve, /edit or /reject REASON');
    expect(lines.at(-1)).toBe('> ');
  });

  test('says that agents work without a box', () => {
    const unsealed = hosted({ type: 'run.unsealed', reason: 'no bubblewrap' });
    expect(drawn(unsealed)[1]).toContain('NOT SEALED');
  });

  test('the cursor stands where the next character goes', () => {
    expect(cursorAfter('')).toEqual({ x: 2, y: 9 });
    expect(cursorAfter('abc')).toEqual({ x: 5, y: 9 });
    expect(cursorAfter('漢字\u001B[D')).toEqual({ x: 4, y: 9 });
    expect(cursorAfter('a\u001B\rbc')).toEqual({ x: 4, y: 9 });
    expect(cursorAfter('x'.repeat(20))).toEqual({ x: 5, y: 9 });
  });

  test('the hint says what can be done now', () => {
    expect(hint(aScreen())).toContain('type what shall be built');
    expect(hint(hosted(...AGENT))).toContain('Esc interrupts');
    expect(hint(typedAt(aScreen(), '\u0003').screen)).toBe('Ctrl+C again leaves');
    expect(hint(aScreen({ type: 'activity', activity: 'ending', doing: 'ending 1 session' }))).toBe(
      'ending 1 session; Enter goes on after that',
    );
    const stopped = hosted({ type: 'run.status', status: 'stopped', reason: null });
    expect(hint({ ...stopped, activity: 'idle' })).toContain('stopped: Enter goes on');
    expect(hint({ ...stopped, activity: 'watching' })).toContain('another process');
  });

  test('the hint says in a narrow terminal what matters most, and no half of the rest', () => {
    const narrow = { columns: 50, rows: 18 };
    expect(drawn(hosted(...AGENT), narrow).at(-2)).toBe('Esc interrupts; Tab shows an agent');
    expect(drawn(hosted(...QUESTION), narrow).at(-2)).toBe('Enter reads ideation');
    expect(drawn(hosted(...AGENT), narrow)[0]).toMatch(/^reading-list {2}running +0:00/u);
  });

  test('what takes long says how long', () => {
    const starting = aScreen({ type: 'activity', activity: 'starting' });
    const later = reduceScreen(starting, { type: 'tick', now: '2026-03-01T10:20:42.000Z' });
    expect(hint(starting)).toBe('starting; Esc calls it off');
    expect(hint(later)).toMatch(/^starting; Esc calls it off +0:12$/u);
  });

  test('a document of one line of a megabyte is shown, and gone through, without delay', () => {
    const lines = shortLines(['\u00E4 word '.repeat(140_000)]);
    const pager = { title: 'T', lines, top: FIRST_PAGE, question: null };
    const began = performance.now();
    const reading = typedAt(reduceScreen(hosted(), { type: 'pager', pager }), '   G').screen;
    expect(drawn(reading).filter((line) => line.includes('word'))).toHaveLength(22);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(lines.join('')).toHaveLength(140_000 * 7);
    expect(talkLines('told', 'x'.repeat(1_000_000))[0]?.text.length).toBeLessThan(3000);
  });

  test('no control character of a text of unknown origin is drawn', () => {
    const evil = '\u001B[2J\u001B]0;title\u0007\u202Eevil\tname\r\n\u009B31m';
    const screen = [
      {
        type: 'did',
        session: 'session-1',
        doing: { at: AT, kind: 'said', text: safeLine(evil) },
      } as const,
    ].reduce(
      reduceScreen,
      hosted(...AGENT, {
        type: 'approval.asked',
        phase: 'implement',
        id: 'q',
        question: evil,
        item: 'LINK-1',
      }),
    );
    const pasted = typedAt(screen, `\u001B[200~${evil}\u001B[201~`).screen;
    for (const line of [...drawn(screen), ...drawn(pasted)])
      expect(line).not.toMatch(/[\p{Cc}\u202E]/u);
  });
});

test('lines are measured, cut and broken by what a terminal shows', () => {
  expect([columnsOf('abc'), columnsOf('漢字'), columnsOf('👨‍👩‍👧'), columnsOf('e\u0301')]).toEqual([
    3, 4, 2, 1,
  ]);
  expect([fitted('abcdef', 4), fitted('漢字漢字', 4), fitted('abc', 3), fitted('abc', 0)]).toEqual([
    'abc…',
    '漢…',
    'abc',
    '',
  ]);
  expect(wrapped('one two three four', 10, 2)).toEqual(['one two', '  three', '  four']);
  expect(wrapped('x'.repeat(12), 6)).toEqual(['xxxxxx', 'xxxxxx']);
});

test('figures are as exact as they are', () => {
  expect([clockOf(0), clockOf(61_000), clockOf(3_723_000), clockOf(-5)]).toEqual([
    '0:00',
    '1:01',
    '1:02:03',
    '0:00',
  ]);
  expect([roughly(20_000), roughly(60_000), roughly(3_000_000), roughly(7_200_000)]).toEqual([
    'under a minute',
    'about 1 min',
    'about 50 min',
    'about 2 h',
  ]);
  expect([compact(999), compact(1000), compact(999_960)]).toEqual(['999', '1.0k', '1.0M']);
  expect(spentOf({ ...NO_USAGE, costUsd: null }, false)).toBe('0 tok cost unknown');
  expect(spentOf({ ...NO_USAGE, costUsd: 1.5 }, false)).toBe('0 tok $1.50');
  expect(spentOf(null, false)).toBe('');
});

test('who only watches sees the same rows, and a word on how to leave where the prompt would stand', () => {
  const screen = reduceScreen(hosted(...AGENT, ...QUESTION), TALK);
  for (const size of SIZES.filter(({ rows }) => rows > 1)) {
    const { rows, cursor } = watchScreen(screen, size);
    expect([rows.length, cursor]).toEqual([size.rows, null]);
    const lines = rows.map((row) => row.map(({ text }) => text).join(''));
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(size.columns);
    expect('Ctrl+C leaves; the run goes on').toContain((lines.at(-1) ?? '').replace('…', ''));
    const top = size.rows > 10 ? 5 : 0;
    expect(lines.slice(0, top)).toEqual(drawn(screen, size).slice(0, top));
  }
});
