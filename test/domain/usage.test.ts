import { expect, test } from 'vitest';
import { addUsage, NO_USAGE, type Usage } from '../../src/domain/usage.ts';

const call: Usage = {
  inputTokens: 100,
  outputTokens: 20,
  cacheReadTokens: 3,
  cacheWriteTokens: 4,
  costUsd: 0.25,
};

test('usage adds up by kind of token', () => {
  expect(addUsage(call, call)).toEqual({
    inputTokens: 200,
    outputTokens: 40,
    cacheReadTokens: 6,
    cacheWriteTokens: 8,
    costUsd: 0.5,
  });
  expect(addUsage(NO_USAGE, call)).toEqual(call);
});

test('I5 the cost of a sum is unknown as soon as one part is, never zero', () => {
  const unknown = { ...call, costUsd: null };
  expect(addUsage(call, unknown).costUsd).toBeNull();
  expect(addUsage(unknown, NO_USAGE).costUsd).toBeNull();
});
