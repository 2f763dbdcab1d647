import { expect, test } from 'vitest';
import { onResume } from '../../src/config/on-resume.ts';

const environment = { fromEnvironment: { model: 'of-env', maxSessions: 9 } };
const silent = { fromEnvironment: {} };

test('A1 on resume the environment beats what was settled, but no flag of then or now', () => {
  expect(onResume(silent, {}, {})).toEqual({});
  expect(onResume(environment, {}, {})).toEqual({ model: 'of-env', maxSessions: 9 });
  expect(onResume(environment, { flagged: ['model'] }, {})).toEqual({
    maxSessions: 9,
    flagged: ['model'],
  });
  expect(onResume(environment, {}, { model: 'said' })).toEqual({
    model: 'said',
    maxSessions: 9,
    flagged: ['model'],
  });
  const both = ['model', 'maxSessions'] as const;
  expect(onResume(environment, { flagged: both }, { model: 'said' })).toEqual({
    model: 'said',
    flagged: both,
  });
});
