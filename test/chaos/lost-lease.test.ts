import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { HarnessEvent } from '../../src/domain/event.ts';
import type { RunStore } from '../../src/work/run-store.ts';
import { anArena } from './arena.ts';
import { examine, withStore } from './examine.ts';
import { expectSound } from './expectations.ts';

/** Looks every 50 ms for what no process that could tell is left to tell. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + 240_000; performance.now() < end; await sleep(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error('it never came to that');
}

function eventOf(store: RunStore, fits: (event: HarnessEvent) => boolean): Promise<HarnessEvent> {
  return eventually(async () => {
    const [project] = await store.projects.list();
    if (project === undefined) return undefined;
    const events = await store.events.read(project.id, { after: 0, limit: 100_000 });
    return events.map(({ event }) => event).find(fits);
  });
}

const nameOf = async (store: RunStore, { pid }: ChildProcess): Promise<string | undefined> =>
  (await store.workers.live()).find((worker) => worker.pid === pid)?.executorId;

test('I2 I6 a worker stopped beyond its lease writes nothing when it comes back', async () => {
  await using arena = await anArena('shared');
  await withStore(arena, async (store) => {
    const first = arena.worker(arena.project);
    const begun = await eventOf(
      store,
      (event) => event.type === 'session.started' && event.subject.item === 'ALPHA-1',
    );
    if (begun.type !== 'session.started') throw new Error('no session');
    const { attempt } = begun.subject;
    first.child.kill('SIGSTOP');
    const before = await nameOf(store, first.child);
    const second = arena.worker();
    await eventually(async () => ((await nameOf(store, first.child)) ? undefined : true));
    // Taken over: whatever the stopped one says from now on comes late.
    await eventOf(
      store,
      (event) => event.type === 'session.resumed' && event.subject.attempt === attempt,
    );
    first.child.kill('SIGCONT');
    const after = await eventually(() => nameOf(store, first.child));
    expect(after).not.toBe(before);
    await eventOf(store, (event) => event.type === 'run.status' && event.status === 'completed');
    for (const { child } of [first, second]) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });
  const remains = await examine(arena);
  expectSound(remains);
  expect(remains.attempts.filter(({ itemKey }) => itemKey === 'ALPHA-1')).toHaveLength(1);
});
