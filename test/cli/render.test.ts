import { describe, expect, test } from 'vitest';
import { billLines } from '../../src/cli/cost-action.ts';
import { exitOfFindings, findingLines, verdictLine } from '../../src/cli/doctor-action.ts';
import { forecast } from '../../src/domain/forecast.ts';
import { typedFor } from '../../src/cli/own-command.ts';
import { isDetail, renderEvent } from '../../src/cli/render-event.ts';
import { statusLines } from '../../src/cli/status-lines.ts';
import { caughtLines } from '../../src/cli/summary.ts';
import { clipped, dollars, grouped, hung, table } from '../../src/cli/table.ts';
import { renderLine, transcriptLine } from '../../src/cli/transcript.ts';
import type { Finding, Snapshot } from '../../src/app.ts';
import type { Evidence } from '../../src/domain/check.ts';
import type { HarnessEvent } from '../../src/domain/event.ts';
import { NO_USAGE, type Usage } from '../../src/domain/usage.ts';

const AT = '2026-03-01T10:20:30.000Z';

const usage = (costUsd: number | null): Usage => ({ ...NO_USAGE, inputTokens: 1000, costUsd });

describe('a table', () => {
  test('aligns its columns and leaves no space at the end of a line', () => {
    const lines = table([
      ['API-1', 'done', ''],
      ['A', 'in progress', 'x'],
    ]);
    expect(lines).toEqual(['API-1  done', 'A      in progress  x']);
  });

  test('aligns numbers to the right and cuts lines that are too wide', () => {
    expect(
      table(
        [
          ['a', '1'],
          ['b', '1,000'],
        ],
        { right: [1] },
      ),
    ).toEqual(['a      1', 'b  1,000']);
    expect(table([['abcdef', 'ghijkl']], { width: 10 })).toEqual(['abcdef  g…']);
  });

  test('a long line goes on below, further in, and its words stay whole', () => {
    const line = '  ! unfinished  API-1  said done without a single change';
    expect(hung(line, { width: 24, hang: 6 })).toEqual([
      '  ! unfinished  API-1',
      '      said done without',
      '      a single change',
    ]);
    expect(hung(line, { width: 80, hang: 6 })).toEqual([line]);
    const address = `see https://example.org/${'x'.repeat(40)} for more`;
    expect(hung(address, { width: 20, hang: 2 })).toEqual([
      'see',
      `  https://example.org/${'x'.repeat(40)}`,
      '  for more',
    ]);
    for (const width of [0, 1, 3, Number.POSITIVE_INFINITY])
      expect(hung(line, { width, hang: 6 })).toEqual([line]);
  });

  test('shows one line of a text, and numbers as people write them', () => {
    expect(clipped('first\nsecond', 80)).toBe('first');
    expect([grouped(0), grouped(999), grouped(1_234_567)]).toEqual(['0', '999', '1,234,567']);
    expect([dollars(0), dollars(0.0123), dollars(12.5)]).toEqual(['$0.00', '$0.0123', '$12.50']);
  });
});

describe('the cost', () => {
  const parts = [{ name: 'API-1', usage: usage(2) }];
  const bill = {
    by: 'item' as const,
    parts,
    total: usage(2),
    budgetUsd: 10,
    forecast: forecast({ perItem: parts, done: ['API-1'], remaining: 3, planned: true }),
    rehearsal: false,
  };

  test('forecasts the remaining items by the mean of those done', () => {
    expect(bill.forecast).toEqual({ remaining: 3, moreUsd: 6 });
    expect(billLines(bill).slice(-2)).toEqual([
      'cap       $10.00',
      'forecast  $6.00 more for 3 items, $8.00 in all',
    ]);
  });

  test('I5 unknown cost is shown as unknown, never as nothing', () => {
    const unknown = [{ name: 'API-1', usage: usage(null) }];
    const ahead = forecast({ perItem: unknown, done: ['API-1'], remaining: 3, planned: true });
    expect(ahead.moreUsd).toBeNull();
    const text = billLines({ ...bill, parts: unknown, total: usage(null), forecast: ahead }).join(
      '\n',
    );
    expect(text).toMatch(/^API-1 .*unknown$/mu);
    expect(text).toMatch(/^total .*unknown$/mu);
    expect(text).toContain('forecast  unknown (3 items left)');
    expect(text).not.toContain('$0');
  });

  test('is unknown ahead before the first item is done', () => {
    expect(forecast({ perItem: [], done: [], remaining: 3, planned: true }).moreUsd).toBeNull();
    expect(forecast({ perItem: [], done: [], remaining: 0, planned: true }).moreUsd).toBe(0);
    const early = forecast({ perItem: [], done: [], remaining: 0, planned: false });
    expect(billLines({ ...bill, forecast: early }).join('\n')).toContain(
      'forecast  unknown: there is no plan yet',
    );
  });

  test('of a rehearsal is no money at all', () => {
    const text = billLines({ ...bill, rehearsal: true }).join('\n');
    expect(text).not.toContain('$');
    expect(text).toContain('the model is a script');
  });
});

describe('the status', () => {
  const snapshot: Snapshot = {
    version: 1,
    project_id: 'p',
    project_name: 'shop',
    directory: '/p/shop',
    run_id: 'r',
    status: 'running',
    rehearsal: false,
    unsealed: null,
    current_phase: 'implement',
    phases: {
      ideation: phaseRow('completed', 2),
      implement: phaseRow('running', 1),
    },
    work: { todo: 2, in_progress: 1, done: 1, blocked: 0, total: 4, completion_percentage: 25 },
    approval: null,
    approvals: [],
    sessions: [
      {
        id: 's',
        role: 'coder',
        item: 'API-1',
        started_at: AT,
        last_event_at: null,
        checked: false,
      },
    ],
    usage: { input_tokens: 12_000, output_tokens: 3, cost_usd: null, budget_usd: 5 },
    why: 'Works: 1 sessions in implement.',
    heartbeat: AT,
    updated_at: AT,
  };

  test('I8 says first of all that agents work without a box', () => {
    const [first, second] = statusLines({ ...snapshot, unsealed: 'sandbox.driver is none' });
    expect([first, second]).toEqual([
      'shop: running in implement',
      'NOT SEALED: agents run without a box (sandbox.driver is none)',
    ]);
  });

  test('says phase, items, agents, cost and cause', () => {
    expect(statusLines(snapshot)).toEqual([
      'shop: running in implement',
      '',
      '  ideation   completed  2 tries',
      '  implement  running',
      '',
      '  items   1 of 4 done, 1 in progress, 2 to do',
      '  agents  API-1 since 10:20:30',
      '  tokens  12,000 in, 3 out',
      '  cost    unknown of $5.00',
      '',
      'Works: 1 sessions in implement.',
    ]);
  });

  test('a question is answered by commands that are typed as they stand', () => {
    const typed = typedFor({ script: '/x/bin.js', cwd: '/', path: '', projectDir: 'shop' });
    const asked = {
      id: 'a',
      phase: 'ideation',
      item: null,
      asked_at: AT,
      question: 'Approve?',
      state: '0123',
      files: [],
      diff: null,
    } as const;
    const lines = statusLines({ ...snapshot, approvals: [asked] }).map(typed);
    expect(lines.filter((line) => line.includes(' --state '))).toEqual([
      expect.stringMatching(/^  `node .* approve ideation --state 0123 --project-dir shop`$/u),
      expect.stringMatching(/^  `node .* reject .* --reason TEXT --project-dir shop`$/u),
    ]);
  });
});

test('only a run that is complete is praised for what did not go wrong', () => {
  expect(caughtLines([], 'completed')).toEqual(['Nothing went wrong on the way.']);
  expect([...caughtLines([], 'failed'), ...caughtLines([], 'waiting_approval')]).toEqual([]);
});

function phaseRow(status: 'completed' | 'running', attempts: number) {
  return { status, attempts, started_at: AT, completed_at: null, error: null, outputs: [] };
}

describe('doctor', () => {
  const ok: Finding = { part: 'git', state: 'ok', found: '2.50', remedy: null, exit: 0 };
  const absent: Finding = {
    part: 'sandbox',
    state: 'missing',
    found: 'bwrap is not on PATH',
    remedy: 'apt-get install bubblewrap',
    exit: 5,
  };

  test('ends with the status of the first thing that stands in the way', () => {
    expect(exitOfFindings([ok, { ...absent, exit: 4 }, absent])).toBe(4);
    expect(exitOfFindings([ok, { ...ok, state: 'note', remedy: 'x' }])).toBe(0);
  });

  test('closes with whether a run can start, and what to mend first', () => {
    expect(verdictLine([ok])).toBe('All well: a run can start.');
    const noted: Finding = { ...ok, state: 'note', remedy: 'x' };
    expect(verdictLine([ok, noted])).toMatch(/^All well: .* A note above/u);
    expect(verdictLine([ok, { ...absent, part: 'credential' }, absent])).toBe(
      "A run with a real model can't start: mend credential first, then sandbox. A rehearsal can: `harness run --rehearse`.",
    );
    expect(verdictLine([{ ...absent, part: 'git' }])).not.toContain('rehearsal');
  });

  test('names what mends it, below', () => {
    expect(findingLines([ok, absent])).toEqual([
      'ok  git      2.50',
      'NO  sandbox  bwrap is not on PATH',
      '    mend it: apt-get install bubblewrap',
    ]);
  });
});

function rendered(event: object, verbose = false): readonly string[] | undefined {
  const line = transcriptLine({ at: AT, event });
  return line && renderLine(line, verbose);
}

describe('a transcript', () => {
  test('shows tools and what became of them as the original did', () => {
    const began = { type: 'tool_started', id: '1', name: 'Bash', input: '{"command":"ls"}' };
    expect(rendered(began)).toEqual(['[Tool: Bash] {"command":"ls"}']);
    const ended = { type: 'tool_ended', id: '1', failed: true, output: 'no such file' };
    expect(rendered(ended)).toEqual(['[Error] no such file']);
  });

  test('shortens long output unless everything is wanted', () => {
    const output = Array.from({ length: 20 }, (_none, at) => `line ${at}`).join('\n');
    const ended = { type: 'tool_ended', id: '1', failed: false, output };
    expect(rendered(ended)?.at(-1)).toBe('... 14 more lines');
    expect(rendered(ended, true)).toHaveLength(20);
  });

  test('leaves out what it does not know, and signs of life', () => {
    expect(rendered({ type: 'from_the_future' })).toBeUndefined();
    expect(rendered({ type: 'alive' })).toEqual([]);
  });
});

test('an event is a line with its time, and only its first line of foreign text', () => {
  const event = {
    type: 'item.returned',
    item: 'API-1',
    reason: 'red\nsecret',
    notBefore: null,
  } as const;
  expect(renderEvent({ projectId: 'p', runId: 'r', id: 1, at: AT, event })).toBe(
    '10:20:30  API-1: to be tried again: red',
  );
});

const subject = { attempt: 'a', phase: 'implement', role: 'coder', item: 'API-1' } as const;

test.each<[HarnessEvent, string]>([
  [
    { type: 'attempt.ended', subject, end: { status: 'stalled', reason: 'silent' } },
    'API-1: try fell silent: silent',
  ],
  [
    { type: 'session.ended', subject, session: 's', usage: usage(1) },
    'API-1: session ended, 1,000 tokens in, 0 out',
  ],
  [
    {
      type: 'checks.run',
      subject,
      tree: 't',
      evidence: [evidence('passed', 'npm test'), evidence('could_not_run', 'npm run e2e')],
    },
    'API-1: 1 of 2 checks passed, not: npm run e2e (could not run)',
  ],
  [
    { type: 'main.moved', from: 'a', to: '0123456789abc', cause: 'API-1' },
    'main is now 0123456789: API-1',
  ],
  [{ type: 'main.landed', commit: '0123456789abc' }, 'landed 0123456789 in your repository'],
  [
    { type: 'item.edited', item: 'API-1', by: 'ann', change: 'title' },
    'API-1: edited by ann: title',
  ],
])('a detail is a sentence too, which only `events` shows', (event, sentence) => {
  const stored = { projectId: 'p', runId: 'r', id: 1, at: AT, event };
  expect(renderEvent(stored)).toBe(`10:20:30  ${sentence}`);
  expect(isDetail(stored)).toBe(true);
});

function evidence(verdict: Evidence['verdict'], run: string): Evidence {
  const check = { kind: 'command', run, exit: 0 } as const;
  return { check, verdict, exit: 0, tail: '', durationMs: 1, tree: 't' };
}

test('a long cell of a column that shrinks is cut, and what stands behind it is seen', () => {
  const rows = [
    ['A-1', 'todo', 'a title '.repeat(60), 'after A-2'],
    ['A-2', 'done', 'short', ''],
    ['A-3', 'todo', 'short too', 'after A-1'],
  ];
  const cut = table(rows, { width: 40, shrinks: 2 });
  expect(cut).toEqual([
    'A-1  todo  a title a title a…  after A-2',
    'A-2  done  short',
    'A-3  todo  short too           after A-1',
  ]);
  expect(table(rows, { shrinks: 2 })[0]).toContain('a title '.repeat(60));
});
