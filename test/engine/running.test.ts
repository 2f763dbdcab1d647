import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createRunning } from '../../src/engine/running.ts';

const HOURS = 3_600_000;

test('an attempt is under way from its entry to its leave', () => {
  const running = createRunning();
  const first = running.enter('a1', 'r1', { agent: true });
  const second = running.enter('a2', 'r1', { agent: true });
  expect(running.agents()).toBe(2);
  first.leave();
  first.leave();
  expect(running.agents()).toBe(1);
  second.leave();
  expect(running.agents()).toBe(0);
});

test('a proof takes no agent’s slot, and a stop reaches it', () => {
  const running = createRunning();
  const proof = running.enter('a1', 'r1', { agent: false });
  expect(running.agents()).toBe(0);
  expect(running.busy('r1')).toBe(true);
  running.stop('r1', { now: true, graceMs: HOURS });
  expect(proof.signal.aborted).toBe(true);
});

test('an agent that is gone frees its slot, while its work is put away within reach of a stop', () => {
  const running = createRunning();
  const session = running.enter('a1', 'r1', { agent: true });
  running.agentGone('a1');
  running.agentGone('unknown');
  expect(running.agents()).toBe(0);
  expect(running.has('a1')).toBe(true);
  running.stop('r1', { now: true, graceMs: HOURS });
  expect(session.signal.aborted).toBe(true);
});

test('an agent that is called off ends at its next step, the others and proofs go on', () => {
  const running = createRunning();
  const [mine, other] = [
    running.enter('a1', 'r1', { agent: true }),
    running.enter('a2', 'r1', { agent: true }),
  ];
  const proof = running.enter('a3', 'r1', { agent: false });
  for (const id of ['a1', 'a3', 'unknown']) running.callOff(id, HOURS);
  expect(mine.signal.aborted).toBe(false);
  for (const id of ['a1', 'a2', 'a3']) running.stepped(id);
  expect([mine, other, proof].map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
});

test('a stop at once reaches the attempts of its run and no other', () => {
  const running = createRunning();
  const ours = [
    running.enter('a1', 'r1', { agent: true }),
    running.enter('a2', 'r1', { agent: true }),
  ];
  const other = running.enter('a3', 'r2', { agent: true });
  running.stop('r1', { now: true, graceMs: HOURS });
  expect(ours.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  expect(other.signal.aborted).toBe(false);
});

test('a graceful stop waits for the next step of each session', () => {
  const running = createRunning();
  const first = running.enter('a1', 'r1', { agent: true });
  const second = running.enter('a2', 'r1', { agent: true });
  running.stepped('a1');
  expect(first.signal.aborted).toBe(false);
  running.stop('r1', { now: false, graceMs: HOURS });
  expect(first.signal.aborted).toBe(false);
  running.stepped('a1');
  expect(first.signal.aborted).toBe(true);
  expect(second.signal.aborted).toBe(false);
});

test('a graceful stop does not wait for a step that never comes', async () => {
  const running = createRunning();
  const { signal } = running.enter('a1', 'r1', { agent: true });
  // The timer alone keeps no process alive, so something else has to.
  const alive = setTimeout(() => undefined, 20_000);
  running.stop('r1', { now: false, graceMs: 5 });
  await once(signal, 'abort');
  clearTimeout(alive);
  expect(signal.aborted).toBe(true);
});

test('who asked gracefully may still ask to stop at once', () => {
  const running = createRunning();
  const { signal } = running.enter('a1', 'r1', { agent: true });
  running.stop('r1', { now: false, graceMs: HOURS });
  running.stop('r1', { now: true, graceMs: HOURS });
  expect(signal.aborted).toBe(true);
});

test('a repeated execution takes the place of the former one and is not removed with it', () => {
  const running = createRunning();
  const former = running.enter('a1', 'r1', { agent: true });
  const next = running.enter('a1', 'r1', { agent: true });
  former.leave();
  expect(running.agents()).toBe(1);
  running.stop('r1', { now: true, graceMs: HOURS });
  expect(next.signal.aborted).toBe(true);
});

test('a step of an attempt that is not here changes nothing', () => {
  const running = createRunning();
  running.stepped('gone');
  expect(running.agents()).toBe(0);
});
