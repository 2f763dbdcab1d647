import { expect, test } from 'vitest';
import { createTrains, type Place } from '../../src/engine/attempt/train.ts';

const FAR_MS = 3_600_000;
const NEVER = new AbortController().signal;
const BEHIND = { how: 'behind', signal: NEVER } as const;

/** What a promise has come to by the time everything else has been done; undefined: nothing yet. */
async function now<T>(promise: Promise<T>): Promise<T | undefined> {
  const later = new Promise<undefined>((resolve) => setImmediate(resolve, undefined));
  return Promise.race([promise, later]);
}

async function joined(trains: ReturnType<typeof createTrains>): Promise<Place> {
  return trains.join('p', BEHIND);
}

test('the next one is built on the one ahead, and counts once that has come to main', async () => {
  const trains = createTrains({ width: 2, patienceMs: FAR_MS });
  const one = await joined(trains);
  expect(one.ahead).toBeUndefined();
  const joining = joined(trains);
  expect(await now(joining)).toBeUndefined();
  one.build('m1');
  const two = await joining;
  expect(two.ahead).toBe('m1');
  const first = two.first(NEVER);
  expect(await now(first)).toBeUndefined();
  one.leave(true);
  expect(await first).toBe(true);
  expect(two.inVain.aborted).toBe(false);
});

test('whoever was built on what does not come is told at once, and all behind it', async () => {
  const trains = createTrains({ width: 3, patienceMs: FAR_MS });
  const one = await joined(trains);
  one.build('m1');
  const two = await joined(trains);
  two.build('m2');
  const three = await joined(trains);
  expect(three.ahead).toBe('m2');
  one.leave(false);
  expect([two.inVain.aborted, three.inVain.aborted]).toEqual([true, true]);
  // Nobody is built on what fell.
  const waiting = joined(trains);
  two.leave(false);
  three.leave(false);
  expect((await waiting).ahead).toBeUndefined();
});

test('whoever ends before it has built anything holds nobody', async () => {
  const trains = createTrains({ width: 2, patienceMs: FAR_MS });
  const one = await joined(trains);
  const joining = joined(trains);
  one.leave(false);
  const two = await joining;
  expect([two.ahead, two.inVain.aborted]).toEqual([undefined, false]);
  expect(await two.first(NEVER)).toBe(true);
});

test('no more proofs run at once than the train is wide', async () => {
  const trains = createTrains({ width: 2, patienceMs: FAR_MS });
  const one = await joined(trains);
  one.build('m1');
  const two = await joined(trains);
  two.build('m2');
  const joining = joined(trains);
  expect(await now(joining)).toBeUndefined();
  one.leave(true);
  expect((await joining).ahead).toBe('m2');
});

test('projects do not wait for each other', async () => {
  const trains = createTrains({ width: 1, patienceMs: FAR_MS });
  await trains.join('p', BEHIND);
  expect((await trains.join('q', BEHIND)).ahead).toBeUndefined();
});

test('a proof that is slow is overtaken, and a stop ends the wait', async () => {
  const trains = createTrains({ width: 2, patienceMs: 20 });
  const slow = await joined(trains);
  slow.build('m1');
  const two = await joined(trains);
  expect(await two.first(NEVER)).toBe(false);
  const ahead = await trains.join('p', { how: 'overtaking', signal: NEVER });
  expect(ahead.ahead).toBeUndefined();
  expect(await ahead.first(NEVER)).toBe(true);
  const stopped = createTrains({ width: 2, patienceMs: FAR_MS });
  (await joined(stopped)).build('m1');
  const third = await joined(stopped);
  expect(await third.first(AbortSignal.abort())).toBe(true);
  // Two at once already.
  const fourth = await stopped.join('p', { how: 'behind', signal: AbortSignal.abort() });
  expect(fourth.ahead).toBeUndefined();
});

test('a proof that goes alone waits for all ahead, and nobody goes past it, however long it takes', async () => {
  const trains = createTrains({ width: 2, patienceMs: 20 });
  const one = await joined(trains);
  one.build('m1');
  const joining = trains.join('p', { how: 'alone', signal: NEVER });
  const behind = joined(trains);
  const overtaking = trains.join('p', { how: 'overtaking', signal: NEVER });
  const stopped = trains.join('p', { how: 'behind', signal: AbortSignal.abort() });
  expect((await stopped).ahead).toBeUndefined();
  expect(await now(joining)).toBeUndefined();
  one.leave(true);
  const alone = await joining;
  expect([alone.ahead, await alone.first(NEVER)]).toEqual([undefined, true]);
  alone.build('m2');
  await patienceIsOver(trains);
  expect([await now(behind), await now(overtaking)]).toEqual([undefined, undefined]);
  alone.leave(true);
  (await stopped).leave(false);
  expect([(await behind).ahead, (await overtaking).ahead]).toEqual([undefined, undefined]);
});

/** As long as anybody would wait for a slow one, seen at the train of another project. */
async function patienceIsOver(trains: ReturnType<typeof createTrains>): Promise<void> {
  const slow = await trains.join('q', BEHIND);
  slow.build('q1');
  expect(await (await trains.join('q', BEHIND)).first(NEVER)).toBe(false);
}
