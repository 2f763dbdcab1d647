import { expect, test } from 'vitest';
import { shownStatus } from '../../src/domain/phase.ts';

test('a phase is shown as running only while its run is live', () => {
  expect(shownStatus('running', false)).toBe('running');
  expect(shownStatus('running', true)).toBe('interrupted');
  expect(shownStatus('completed', true)).toBe('completed');
  expect(shownStatus('waiting_approval', true)).toBe('waiting_approval');
});
