import { expect, test } from 'vitest';
import { CREDENTIAL_REFUSED, exitOf } from '../../src/domain/exit.ts';
import type { RunStatus } from '../../src/domain/run.ts';

test.each<[RunStatus, number]>([
  ['completed', 0],
  ['failed', 1],
  ['pending', 1],
  ['running', 1],
  ['waiting_approval', 3],
  ['limited', 75],
  ['paused', 130],
  ['stopping', 130],
  ['stopped', 130],
])('a run that is %s ends the command with %i', (status, exit) => {
  expect(exitOf({ status, reason: null })).toBe(exit);
});

test('a refused credential is told apart from any other failure and limit', () => {
  const reason = `${CREDENTIAL_REFUSED} (401)`;
  expect(exitOf({ status: 'failed', reason })).toBe(4);
  expect(exitOf({ status: 'limited', reason })).toBe(4);
});
