import { describe, expect, test } from 'vitest';
import type { HarnessEvent, StoredEvent, Subject } from '../../src/domain/event.ts';
import { NO_RUN, questionName, type LiveRun } from '../../src/domain/live-run.ts';
import { workedMs } from '../../src/domain/live-events.ts';
import { progressOf } from '../../src/domain/progress.ts';
import { reduceLive } from '../../src/domain/reduce-live.ts';
import { NO_USAGE } from '../../src/domain/usage.ts';

const RUN = 'run-1';

/** Seconds after the start of the day. */
const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Events of one run, each a second after the one before. */
function after(...events: readonly HarnessEvent[]): LiveRun {
  return timed(...events.map((event, index) => [index, event] as const));
}

function timed(...events: readonly (readonly [number, HarnessEvent])[]): LiveRun {
  return events
    .map(([seconds, event], index): StoredEvent => ({
      projectId: 'project-1',
      runId: RUN,
      id: index + 1,
      at: at(seconds),
      event,
    }))
    .reduce((live, stored) => reduceLive(live, { type: 'stored', stored }), NO_RUN);
}

const CREATED: HarnessEvent = { type: 'run.created', idea: 'a list', rehearsal: true };
const RUNNING: HarnessEvent = { type: 'run.status', status: 'running', reason: null };
const STOPPED: HarnessEvent = { type: 'run.status', status: 'stopped', reason: null };

const subject = (attempt: string, item: string | null): Subject => ({
  attempt,
  phase: 'implement',
  role: 'coder',
  item,
});

const added = (item: string): HarnessEvent => ({
  type: 'item.added',
  item,
  title: `Title of ${item}`,
  dependencies: [],
  by: 'task_breakdown',
});
const claimed = (item: string): HarnessEvent => ({
  type: 'item.claimed',
  item,
  attempt: `attempt-${item}`,
  number: 1,
});
const done = (item: string): HarnessEvent => ({
  type: 'item.done',
  item,
  attempt: `attempt-${item}`,
  commit: 'c',
});
const began = (item: string): HarnessEvent => ({
  type: 'session.started',
  subject: subject(`attempt-${item}`, item),
  session: `session-${item}`,
  model: 'm',
});

describe('a live run', () => {
  test('shows the phases as their events tell them', () => {
    const live = after(
      CREATED,
      RUNNING,
      { type: 'phase.started', phase: 'ideation', attempt: 1 },
      { type: 'phase.ended', phase: 'ideation', status: 'completed', error: null },
      { type: 'phase.started', phase: 'architecture', attempt: 2 },
      { type: 'phase.ended', phase: 'testing', status: 'skipped', error: null },
    );
    expect(live.phases.map(({ name, status }) => [name, status])).toEqual([
      ['ideation', 'completed'],
      ['architecture', 'running'],
      ['task_breakdown', 'pending'],
      ['initialize', 'pending'],
      ['implement', 'pending'],
      ['testing', 'skipped'],
      ['deploy', 'pending'],
    ]);
    expect(live.phases[1]).toMatchObject({ attempt: 2, startedAt: at(4), endedAt: null });
    expect([live.idea, live.rehearsal, live.status]).toEqual(['a list', true, 'running']);
  });

  test('knows who is at work, on what, doing what, and when only the proof is left', () => {
    const begun = after(CREATED, RUNNING, added('A'), claimed('A'), began('A'));
    expect(begun.agents).toMatchObject([
      {
        session: 'session-A',
        item: 'A',
        model: 'm',
        startedAt: at(4),
        proving: false,
        doing: null,
      },
    ]);
    const doing = { at: at(5), kind: 'tool', text: 'Bash npm test' } as const;
    const acting = reduceLive(begun, { type: 'did', session: 'session-A', doing });
    expect(acting.agents[0]?.doing).toEqual(doing);
    const other = reduceLive(begun, { type: 'did', session: 'another', doing });
    expect(other.agents).toEqual(begun.agents);
    const usage = { ...NO_USAGE, inputTokens: 7 };
    const spent = reduceLive(acting, {
      type: 'spent',
      total: usage,
      bySession: new Map([['session-A', usage]]),
    });
    expect([spent.spent, spent.agents[0]?.spent]).toEqual([usage, usage]);
    const over: HarnessEvent = {
      type: 'session.ended',
      subject: subject('attempt-A', 'A'),
      session: 'session-A',
      usage,
    };
    const proving = after(CREATED, RUNNING, added('A'), claimed('A'), began('A'), over);
    expect(proving.agents.map((agent) => agent.proving)).toEqual([true]);
    const ended = after(CREATED, added('A'), claimed('A'), began('A'), over, {
      type: 'attempt.ended',
      subject: subject('attempt-A', 'A'),
      end: { status: 'succeeded', commit: 'c', text: null },
    });
    expect(ended.agents).toEqual([]);
  });

  test('a session that goes on keeps its line', () => {
    const live = after(CREATED, RUNNING, added('A'), claimed('A'), began('A'), {
      type: 'session.resumed',
      subject: subject('attempt-A', 'A'),
      session: 'session-A',
    });
    expect(live.agents).toMatchObject([{ session: 'session-A', model: 'm', startedAt: at(4) }]);
  });

  test('a run that ended has no agents, and nobody holds its items', () => {
    const live = after(CREATED, RUNNING, added('A'), claimed('A'), began('A'), STOPPED);
    expect([live.status, live.agents, live.items[0]?.status]).toEqual(['stopped', [], 'todo']);
  });

  test('items are taken, given back, blocked and done', () => {
    const live = after(
      CREATED,
      RUNNING,
      ...['A', 'B', 'C', 'D'].map(added),
      ...['A', 'B', 'C'].map(claimed),
      done('A'),
      { type: 'item.returned', item: 'B', reason: 'red', notBefore: null },
      { type: 'item.blocked', item: 'C', reason: 'no', by: 'harness' },
    );
    expect(live.items.map(({ key, status, reason }) => [key, status, reason])).toEqual([
      ['A', 'done', null],
      ['B', 'todo', 'red'],
      ['C', 'blocked', 'no'],
      ['D', 'todo', null],
    ]);
  });

  test('questions wait until they are answered; a refused phase is begun again', () => {
    const ask: HarnessEvent = {
      type: 'approval.asked',
      phase: 'ideation',
      id: 'q1',
      question: 'Good?',
    };
    const aboutItem: HarnessEvent = { ...ask, id: 'q2', phase: 'implement', item: 'A' };
    const live = after(CREATED, RUNNING, ask, aboutItem);
    expect(live.questions.map(questionName)).toEqual(['ideation', 'A']);
    expect(live.phases[0]?.status).toBe('waiting_approval');
    expect(live.phases[4]?.status).toBe('pending');
    const answered = after(CREATED, RUNNING, ask, aboutItem, {
      type: 'approval.answered',
      phase: 'ideation',
      id: 'q1',
      answer: 'rejected',
      by: 'me',
      reason: 'no',
    });
    expect(answered.questions.map(({ id }) => id)).toEqual(['q2']);
    expect(answered.phases[0]?.status).toBe('pending');
  });

  test('an event that comes twice counts once, one of another run not at all', () => {
    const live = after(CREATED, RUNNING, added('A'));
    const again: StoredEvent = {
      projectId: 'project-1',
      runId: RUN,
      id: 3,
      at: at(9),
      event: STOPPED,
    };
    expect(reduceLive(live, { type: 'stored', stored: again })).toBe(live);
    const others = { ...again, id: 4, runId: 'run-0' };
    expect(reduceLive(live, { type: 'stored', stored: others })).toEqual({ ...live, lastEvent: 4 });
  });

  test('a new run of the project begins anew', () => {
    const live = after(CREATED, RUNNING, added('A'));
    const stored: StoredEvent = {
      projectId: 'project-1',
      runId: 'run-2',
      id: 4,
      at: at(9),
      event: { type: 'run.created', idea: 'another', rehearsal: false },
    };
    const next = reduceLive(live, { type: 'stored', stored });
    expect(next).toEqual({ ...NO_RUN, runId: 'run-2', idea: 'another', lastEvent: 4 });
  });
});

describe('progress', () => {
  test('the time a run stands still does not count', () => {
    const live = timed(
      [0, CREATED],
      [1, RUNNING],
      [11, STOPPED],
      [100, { type: 'run.resumed', generation: 2 }],
      [100, RUNNING],
    );
    expect(workedMs(live.work, at(105))).toBe(15_000);
    expect(workedMs(after(CREATED).work, at(105))).toBe(0);
  });

  test('how much there is is unknown before the work was broken down', () => {
    const progress = progressOf(after(CREATED, RUNNING), at(60));
    expect(progress).toEqual({ done: 0, blocked: 0, total: null, leftMs: null });
  });

  test('what is left is unknown until enough is done, then follows from what was done', () => {
    const items = ['A', 'B', 'C', 'D', 'E'];
    const begun = [
      [0, CREATED],
      [1, RUNNING],
      ...items.map((item) => [2, added(item)] as const),
      [10, claimed('A')],
      [20, done('A')],
      [40, done('B')],
    ] as const;
    expect(progressOf(timed(...begun), at(40))).toMatchObject({ done: 2, total: 5, leftMs: null });
    const three = timed(...begun, [70, done('C')]);
    expect(progressOf(three, at(70))).toMatchObject({ done: 3, total: 5, leftMs: 40_000 });
    const blocked = { type: 'item.blocked', item: 'D', reason: 'no', by: 'me' } as const;
    const four = timed(...begun, [70, done('C')], [71, blocked], [72, done('E')]);
    expect(progressOf(four, at(80))).toMatchObject({ done: 4, blocked: 1, leftMs: null });
  });
});
