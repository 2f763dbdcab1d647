import { spawn } from 'node:child_process';
import { once, EventEmitter } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transaction } from '../../../src/adapters/store/transaction.ts';
import { commit } from '../../../src/adapters/store/commit.ts';
import type { HarnessEvent } from '../../../src/domain/event.ts';
import {
  aClaim,
  aProject,
  aRun,
  aStore,
  SERVER_START_MS,
  type TestStore,
  moveTo,
} from './a-store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

const landed = (commitId: string): HarnessEvent => ({ type: 'main.landed', commit: commitId });

test('I11 forty writers at once, a third rolling back, leave numbers without gap or repeat', async () => {
  const { store, pool } = tested;
  const projectId = await aProject(store);
  const regrets: string[] = [];
  const noteRegret = (error: Error) => void regrets.push(error.message);
  const writes = Array.from({ length: 40 }, async (_, writer) => {
    for (let turn = 0; turn < 3; turn += 1) {
      const events = [landed(`${writer}.${turn}.a`), landed(`${writer}.${turn}.b`)];
      await transaction(pool, async (tx) => {
        await commit(tx, { projectId, runId: null, events });
        if (turn === 1) throw new Error('changed its mind');
      }).catch(noteRegret);
    }
  });
  await Promise.all(writes);
  expect(regrets).toEqual(Array(40).fill('changed its mind'));
  const stored = await store.events.read(projectId, { after: 0, limit: 1000 });
  expect(stored.map(({ id }) => id)).toEqual(Array.from({ length: 160 }, (_, at) => at + 1));
  expect(new Set(stored.map(({ event }) => JSON.stringify(event))).size).toBe(160);
  const times = stored.map(({ at }) => at);
  expect(times).toEqual(times.toSorted());
});

// Nine writers in three processes: about 3 s.
test('I11 a writer that is killed in the middle of a transaction leaves no gap, and holds up nobody', async () => {
  const { store, url } = tested;
  const projectId = await aProject(store);
  const [program, turns] = [join(import.meta.dirname, 'writer.ts'), 24];
  const start = (name: string, hold: string) =>
    spawn(process.execPath, [program, url, projectId, name, String(turns), hold], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const victim = start('v', 'v1.12');
  const others = ['x', 'y'].map((name) => start(name, ''));
  const ended = others.map((child) => once(child, 'exit'));
  await once(victim.stdout, 'data');
  victim.kill('SIGKILL');
  expect((await Promise.all(ended)).map(([code]: unknown[]) => code)).toEqual([0, 0]);
  const stored = await store.events.read(projectId, { after: 0, limit: 1000 });
  expect(stored.map(({ id }) => id)).toEqual(stored.map((_event, at) => at + 1));
  const told = stored.flatMap(({ event }) => (event.type === 'main.landed' ? [event.commit] : []));
  // What it held was never committed; what it wrote before is there, whole.
  expect(told.filter((commitId) => commitId.startsWith('v1'))).toEqual(pairsOf('v1', 12));
  for (const writer of ['x1', 'x2', 'x3', 'y1', 'y2', 'y3'])
    expect(told.filter((commitId) => commitId.startsWith(writer))).toEqual(pairsOf(writer, turns));
});

/** What a writer committed in so many turns, in its order. */
function pairsOf(writer: string, turns: number): readonly string[] {
  return Array.from({ length: turns }, (_none, turn) => turn).flatMap((turn) =>
    turn % 3 === 1 ? [] : [`${writer}.${turn}.a`, `${writer}.${turn}.b`],
  );
}

test('I11 a reader that follows while forty writers append misses nothing', async () => {
  const { store } = tested;
  const projectId = await aProject(store);
  const seen: number[] = [];
  const follow = async () => {
    while (seen.length < 200) {
      const stored = await store.events.read(projectId, { after: seen.at(-1) ?? 0, limit: 7 });
      seen.push(...stored.map(({ id }) => id));
    }
  };
  const write = (writer: number) =>
    store.events.append(projectId, null, Array(5).fill(landed(String(writer))));
  await Promise.all([follow(), ...Array.from({ length: 40 }, (_, writer) => write(writer))]);
  expect(seen).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
});

test('projects are numbered apart, and reading starts after any number', async () => {
  const { store } = tested;
  const [one, two] = [await aProject(store), await aProject(store)];
  await store.events.append(one, null, [landed('a'), landed('b'), landed('c')]);
  await store.events.append(two, 'run-1', [landed('d')]);
  const later = await store.events.read(one, { after: 1, limit: 1 });
  expect(later).toEqual([
    {
      projectId: one,
      runId: null,
      id: 2,
      at: expect.stringMatching(/^\d.*Z$/u),
      event: landed('b'),
    },
  ]);
  expect(await store.events.read(two, { after: 0, limit: 9 })).toMatchObject([{ id: 1 }]);
});

test('events of an unknown project are refused, not lost', async () => {
  const { store } = tested;
  const nobody = '00000000-0000-4000-8000-000000000000';
  await expect(store.events.append(nobody, null, [landed('a')])).rejects.toMatchObject({
    code: 'PROJECT_UNKNOWN',
  });
});

test('text that Postgres refuses is stored in a readable form', async () => {
  const { store } = tested;
  const run = await aRun(store);
  await store.events.append(run.projectId, run.id, [landed('nul \0 half \uD800 pair 😀')]);
  await moveTo(store, run, { status: 'failed', reason: 'nul \0 half \uDC00' });
  const events = await store.events.read(run.projectId, { after: 2, limit: 9 });
  expect(events[0]?.event).toEqual(landed('nul \uFFFD half \uFFFD pair 😀'));
  expect((await store.runs.get(run.id))?.reason).toBe('nul \uFFFD half \uFFFD');
});

test('the evidence of checks is kept in rows as well', async () => {
  const { store, pool } = tested;
  const { attempt, fence } = await aClaim(store, await aRun(store));
  const check = { kind: 'command', run: 'npm test', exit: 0 } as const;
  const piece = {
    check,
    verdict: 'failed',
    exit: 1,
    tail: 'no',
    durationMs: 12.6,
    tree: 't1',
  } as const;
  const { id, phase, role, itemKey: item, projectId } = attempt;
  const subject = { attempt: id, phase, role, item };
  await store.attempts.record(fence, [
    { type: 'checks.run', subject, tree: 't1', evidence: [piece, { ...piece, exit: null }] },
  ]);
  const { rows } = await pool.query(
    'select * from harness.evidence where attempt_id = $1 order by id',
    [id],
  );
  expect(rows).toMatchObject([
    { project_id: projectId, item_key: 'API-1', tree: 't1', check, verdict: 'failed', exit: 1 },
    { duration_ms: '13', tail: 'no', exit: null },
  ]);
});

/** What the store announces, to be awaited. */
function announcements(store: TestStore['store']) {
  const heard = new EventEmitter();
  const stop = store.events.onCommit((projectId) => heard.emit(projectId));
  return { next: (projectId: string) => once(heard, projectId), stop };
}

test('a commit wakes its listeners, also one without an event', async () => {
  const { store } = tested;
  const run = await aRun(store);
  const heard = announcements(store);
  await heard.next(run.projectId);
  const woken = heard.next(run.projectId);
  await store.runs.control(run.id, 'pause');
  expect(await woken).toEqual([]);
  heard.stop();
});

test('listening goes on after the server has ended the connection, and catches up once', async () => {
  const { store, pool } = tested;
  const run = await aRun(store);
  const heard = announcements(store);
  await heard.next(run.projectId);
  const again = heard.next(run.projectId);
  const { rowCount } = await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database()
       and query in ('listen harness', 'select id from harness.project')`,
  );
  expect(rowCount).toBe(1);
  await again;
  const woken = heard.next(run.projectId);
  await moveTo(store, run, { status: 'paused', reason: 'asked to' });
  await woken;
  heard.stop();
});

const moved = (from: string, to: string): HarnessEvent => ({
  type: 'main.moved',
  from,
  to,
  cause: 'API-1',
});

test('I11 a move of main is told once, whoever comes late, and takes its documents with it', async () => {
  const { store } = tested;
  const projectId = await aProject(store);
  const document: HarnessEvent = { type: 'document.written', path: 'a', hash: 'h', commit: 'two' };
  await store.events.append(projectId, null, [moved('zero', 'one')]);
  expect(await store.events.mainMovedTo(projectId, 'one')).toBe(true);
  expect(await store.events.mainMovedTo(projectId, 'two')).toBe(false);
  const late = [document, moved('one', 'two'), landed('two')];
  await Promise.all(Array.from({ length: 8 }, () => store.events.append(projectId, null, late)));
  await store.events.append(projectId, null, [moved('zero', 'one'), moved('two', 'three')]);
  const stored = await store.events.read(projectId, { after: 0, limit: 99 });
  const events = stored.map(({ event }) => event);
  expect(events.filter(({ type }) => type !== 'main.landed')).toEqual([
    moved('zero', 'one'),
    document,
    moved('one', 'two'),
    moved('two', 'three'),
  ]);
  expect(events).toHaveLength(12);
  expect(stored.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
});
