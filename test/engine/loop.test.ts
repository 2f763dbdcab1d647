import { expect, test } from 'vitest';
import { startLoop } from '../../src/engine/loop.ts';

const NEVER_BY_ITSELF = 3_600_000;
const quiet = { everyMs: NEVER_BY_ITSELF, onError: () => undefined };

/** A body whose rounds begin and end when the test says so. */
function rounds() {
  const begun: PromiseWithResolvers<void>[] = [];
  const waiting: ((count: number) => void)[] = [];
  return {
    begun,
    body: (): Promise<void> => {
      const round = Promise.withResolvers<void>();
      begun.push(round);
      for (const tell of waiting.splice(0)) tell(begun.length);
      return round.promise;
    },
    next: () => new Promise<number>((resolve) => waiting.push(resolve)),
  };
}

test('the first round begins at once, and wishes meanwhile are one more round', async () => {
  const { body, begun, next } = rounds();
  const loop = startLoop(body, quiet);
  expect(begun).toHaveLength(1);
  loop.wake();
  loop.wake();
  expect(begun).toHaveLength(1);
  const second = next();
  begun[0]?.resolve();
  expect(await second).toBe(2);
  begun[1]?.resolve();
  await loop.stop();
  expect(begun).toHaveLength(2);
});

test('a wish after a round begins the next one', async () => {
  const { body, begun, next } = rounds();
  const loop = startLoop(body, quiet);
  begun[0]?.resolve();
  await Promise.resolve();
  const second = next();
  loop.wake();
  expect(await second).toBe(2);
  begun[1]?.resolve();
  await loop.stop();
});

test('rounds begin by themselves', async () => {
  const { body, begun, next } = rounds();
  const loop = startLoop(body, { ...quiet, everyMs: 5 });
  const second = next();
  begun[0]?.resolve();
  expect(await second).toBe(2);
  begun[1]?.resolve();
  await loop.stop();
});

test('an error ends its round only', async () => {
  const { body, begun, next } = rounds();
  const errors: string[] = [];
  const loop = startLoop(body, {
    ...quiet,
    onError: (message) => {
      errors.push(message);
    },
  });
  loop.wake();
  const second = next();
  begun[0]?.reject(new Error('the database is away'));
  expect(await second).toBe(2);
  expect(errors).toEqual(['the database is away']);
  begun[1]?.resolve();
  await loop.stop();
});

test('a stop waits for the round under way, begins none, and hears no more errors', async () => {
  const { body, begun } = rounds();
  const errors: string[] = [];
  const loop = startLoop(body, {
    ...quiet,
    onError: (message) => {
      errors.push(message);
    },
  });
  loop.wake();
  let over = false;
  const stopped = (async () => {
    await loop.stop();
    over = true;
  })();
  await Promise.resolve();
  expect(over).toBe(false);
  begun[0]?.reject(new Error('connection closed'));
  await stopped;
  loop.wake();
  expect([begun.length, errors]).toEqual([1, []]);
});
