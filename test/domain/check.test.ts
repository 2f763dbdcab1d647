import { expect, test } from 'vitest';
import { describeCheck, proved, type Check, type Evidence } from '../../src/domain/check.ts';

const check: Check = { kind: 'command', run: 'npm test', exit: 0 };

function evidence(verdict: Evidence['verdict']): Evidence {
  return { check, verdict, exit: 0, tail: '', durationMs: 1, tree: 'a tree' };
}

test.each<[string, Check]>([
  ['npm test', check],
  ['./lint (exit 3)', { kind: 'command', run: './lint', exit: 3 }],
  ['file init.sh', { kind: 'file', path: 'init.sh' }],
  ['file README.md contains "API"', { kind: 'file', path: 'README.md', contains: 'API' }],
])('a check is shown as: %s', (text, shown) => {
  expect(describeCheck(shown)).toBe(text);
});

test('I3 work is proved by evidence that all passed, and by nothing less', () => {
  expect(proved([evidence('passed'), evidence('passed')])).toBe(true);
  expect(proved([evidence('passed'), evidence('failed')])).toBe(false);
  expect(proved([evidence('passed'), evidence('could_not_run')])).toBe(false);
  expect(proved([])).toBe(false);
});
