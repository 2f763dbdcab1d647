import { expect, test } from 'vitest';
import type { Evidence } from '../../src/domain/check.ts';
import { feedbackOf } from '../../src/verify/feedback.ts';

test('it names each check that did not pass, how it ended and what it said', () => {
  const evidence = [
    piece('npm test', { verdict: 'failed', exit: 1, tail: '1 test failed: adds\n' }),
    piece('npm run lint', { verdict: 'passed', exit: 0, tail: 'fine' }),
    piece('npm run e2e', { verdict: 'could_not_run', tail: 'playwright: not found' }),
  ];
  expect(feedbackOf(evidence)).toMatchInlineSnapshot(`
    "2 of 3 checks did not pass.

    - npm test: failed with exit 1
    1 test failed: adds

    - npm run e2e: could not run
    playwright: not found"
  `);
});

test('nothing is said when all passed', () => {
  expect(feedbackOf([piece('true', { verdict: 'passed', exit: 0 })])).toBe('');
});

test.each([
  { count: 1, ends: 1 },
  { count: 3, ends: 3 },
  { count: 40, ends: 0 },
  { count: 400, ends: 0 },
])('with $count red checks it stays within 6 KB and keeps $ends ends', ({ count, ends }) => {
  const tail = `${'x'.repeat(4000)}THE END`;
  const evidence = Array.from({ length: count }, (_, index) =>
    piece(`check ${index} ${'y'.repeat(3000)}`, { verdict: 'failed', exit: 1, tail }),
  );
  const text = feedbackOf(evidence);
  expect(text.length).toBeLessThanOrEqual(6144);
  expect(text).toContain('check 0');
  expect(text.split('THE END')).toHaveLength(ends + 1);
});

function piece(run: string, more: Partial<Evidence>): Evidence {
  return {
    check: { kind: 'command', run, exit: 0 },
    verdict: 'failed',
    exit: null,
    tail: '',
    durationMs: 1,
    tree: 'a-tree',
    ...more,
  };
}
