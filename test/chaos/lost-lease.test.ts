import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { RunStore } from '../../src/work/run-store.ts';
import { anArena, type Arena } from './arena.ts';
import { eventually } from './eventually.ts';
import { examine } from './examine.ts';
import { expectSound } from './expectations.ts';
import { fenceOf, hubOf, REFUSED, refsOf, writeLate } from './late-writes.ts';
import { withStore } from './with-store.ts';
import { aWitness } from './witness.ts';

/** An attempt at a work item that is at the moment in question. */
type Moment = (arena: Arena, store: RunStore) => Promise<Attempt | undefined>;

async function openAttempts(store: RunStore): Promise<readonly Attempt[]> {
  const [project] = await store.projects.list();
  const run = project && (await store.runs.latest(project.id));
  return run === undefined ? [] : store.attempts.list(run.id, { open: true });
}

const talks: Moment = async (_arena, store) => {
  const open = await openAttempts(store);
  const attempt = open.find(({ itemKey }) => itemKey === 'ALPHA-1');
  const sessions = attempt === undefined ? [] : await store.attempts.sessions(attempt.runId);
  return sessions.some((one) => one.attemptId === attempt?.id && one.model !== null)
    ? attempt
    : undefined;
};

const isJudged: Moment = async (arena, store) => {
  const open = (await openAttempts(store)).filter((one) => one.itemKey !== null);
  const folder = join(arena.home, 'projects', open[0]?.projectId ?? '', 'gates');
  // Not there before the first.
  const gates = await readdir(folder).catch((): string[] => []);
  return open.find(({ id, fence }) => gates.includes(`${id}-${String(fence)}`));
};

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

test.each([
  ['in the middle of a session', talks, 'resumed'],
  ['while a gate judges its work', isJudged, 'left alone'],
] as const)(
  'I2 I6 a worker stopped %s beyond its lease writes nothing when it comes back',
  async (_name, moment: Moment, session) => {
    await using arena = await anArena('shared');
    await using witness = await aWitness(arena.databaseUrl ?? '');
    const struck = await withStore(arena, async (store) => {
      const first = arena.worker({ project: arena.project, database: witness.addressOf('first') });
      const { id, projectId, fence } = await eventually(() => moment(arena, store));
      first.child.kill('SIGSTOP');
      const second = arena.worker({ database: witness.addressOf('second') });
      await eventually(async () => (await fenceOf(arena, projectId, id)) > fence || undefined);
      // From here on only the first could write.
      second.child.kill('SIGSTOP');
      const hub = await hubOf(arena, projectId);
      const events = await store.events.read(projectId, { after: 0, limit: 100_000 });
      const refs = await refsOf(arena, projectId);
      const late = { attemptId: id, number: fence };
      expect(await writeLate({ store, hub }, late)).toEqual(REFUSED);
      expect(await store.events.read(projectId, { after: 0, limit: 100_000 })).toEqual(events);
      expect(await refsOf(arena, projectId)).toBe(refs);

      const mark = await witness.mark();
      first.child.kill('SIGCONT');
      await eventually(async () => (await witness.hasJoined('first', mark)) || undefined);
      expect(await refsOf(arena, projectId)).toBe(refs);
      expect(await witness.touchedBy('first', mark)).toEqual([]);
      second.child.kill('SIGCONT');
      await eventually(async () => {
        const run = await store.runs.latest(projectId);
        return run?.status === 'completed' || undefined;
      });
      await Promise.all([kill(first.child), kill(second.child)]);
      return id;
    });
    const remains = await examine(arena);
    expectSound(remains);
    for (const { key } of remains.items)
      expect(remains.attempts.filter(({ itemKey }) => itemKey === key)).toHaveLength(1);
    const resumed = remains.events.some(
      ({ event }) => event.type === 'session.resumed' && event.subject.attempt === struck,
    );
    expect(resumed ? 'resumed' : 'left alone').toBe(session);
  },
);
