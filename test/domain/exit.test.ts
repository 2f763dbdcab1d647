import { expect, test } from 'vitest';
import { CREDENTIAL_REFUSED, exitOf } from '../../src/domain/exit.ts';
import { budgetReached, capReached, errorsInARow, type RunStatus } from '../../src/domain/run.ts';

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
  expect(exitOf({ status, reason: null, settings: {} })).toBe(exit);
});

test('a run that only met trouble was parked by a cap, not by a person', () => {
  const reason = errorsInARow(3, ['the network is away']);
  expect(exitOf({ status: 'paused', reason, settings: {} })).toBe(75);
  expect(exitOf({ status: 'paused', reason: null, settings: {} })).toBe(130);
});

test.each(['run', 'day'] as const)(
  'a budget of the %s that stops a run is a cap, no person',
  (cap) => {
    const reason = budgetReached(cap, { budgetUsd: 0.01, spentUsd: 1e-7 });
    expect(exitOf({ status: 'stopped', reason, settings: {} })).toBe(75);
  },
);

test('a refused credential is told apart from any other failure and limit', () => {
  const reason = `${CREDENTIAL_REFUSED} (401)`;
  expect(exitOf({ status: 'failed', reason, settings: {} })).toBe(4);
  expect(exitOf({ status: 'limited', reason, settings: {} })).toBe(4);
});

test('R-019 in demo mode the cap of sessions is what was asked for, other limits are limits', () => {
  const demo = { tracker: 'local', issues: 8, project: null } as const;
  const reason = `implement: ${capReached(3)}`;
  expect(exitOf({ status: 'limited', reason, settings: { demo } })).toBe(0);
  expect(exitOf({ status: 'limited', reason, settings: {} })).toBe(75);
  expect(exitOf({ status: 'limited', reason: 'weekly limit', settings: { demo } })).toBe(75);
});
