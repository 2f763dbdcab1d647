import { expect, test } from 'vitest';
import { progressNote } from '../../src/demo/progress-note.ts';
import { anItem } from '../support/a-run.ts';

const items = [
  anItem({ key: 'APP-1', title: 'Money', status: 'done' }),
  anItem({ key: 'APP-2', title: 'Store', status: 'in_progress' }),
  anItem({ key: 'APP-3', title: 'Server' }),
];
const item = { key: 'APP-2', title: 'Store' };
const facts = { number: 3, role: 'coder', item, items };

test('R-034 a session that finished its issue: the result, how far it is, what comes next', () => {
  const end = { status: 'succeeded', commit: 'c0ffee', text: null } as const;
  expect(progressNote({ ...facts, end })).toMatchInlineSnapshot(`
    "Session 3: APP-2 Store

    - Result: done, proved as c0ffee
    - Progress: 2 of 3 issues done
    - Next: APP-3 Server"
  `);
});

test('one that did not: the first line of why, and the same issue next', () => {
  const end = { status: 'failed', code: 'checks_failed', reason: '1 of 2.\nMore.' } as const;
  expect(progressNote({ ...facts, end })).toMatchInlineSnapshot(`
    "Session 3: APP-2 Store

    - Result: failed: 1 of 2.
    - Progress: 1 of 3 issues done
    - Next: APP-2 Store"
  `);
});
