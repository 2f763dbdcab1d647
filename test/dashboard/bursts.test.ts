import { expect, test } from 'vitest';
import { inFrames } from '../../dashboard/src/live/in-frames.ts';
import { throttled } from '../../dashboard/src/live/throttle.ts';

test('a burst is handed over once a frame, in order', () => {
  const frames: (() => void)[] = [];
  const batches: (readonly number[])[] = [];
  const take = inFrames<number>(
    (batch) => batches.push(batch),
    (flush) => frames.push(flush),
  );
  for (const one of [1, 2, 3]) take(one);
  expect(frames).toHaveLength(1);
  frames.shift()?.();
  take(4);
  frames.shift()?.();
  expect(batches).toEqual([[1, 2, 3], [4]]);
});

test('what is asked for in a burst runs at once and once more at its end', () => {
  const timers: (() => void)[] = [];
  let runs = 0;
  const ask = throttled(
    () => (runs += 1),
    300,
    (run) => timers.push(run),
  );
  for (let index = 0; index < 50; index += 1) ask();
  expect(runs).toBe(1);
  timers.shift()?.();
  expect(runs).toBe(2);
  timers.shift()?.();
  expect(runs).toBe(2);
  ask();
  expect(runs).toBe(3);
});
