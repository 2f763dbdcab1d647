import { describe, expect, test } from 'vitest';
import { editOf, followed } from '../../src/engine/followed.ts';
import type { WorkItem } from '../../src/domain/work-item.ts';
import type { TrackedItem } from '../../src/work/tracker.ts';
import { anIssue } from '../demo/an-issue.ts';

const item = (key: string, dependencies: readonly string[] = []) => ({ key, dependencies });

function inTracker(...issues: readonly Partial<TrackedItem>[]): ReadonlyMap<string, TrackedItem> {
  return new Map(issues.map(anIssue).map((issue) => [issue.key, issue]));
}

function graphOf(...given: Parameters<typeof followed>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(followed(...given));
}

describe('what an item waits for', () => {
  test('follows what people add and take away', () => {
    const tracked = inTracker(item('A', ['B']), item('B'), item('C'));
    expect(graphOf([item('A'), item('B'), item('C', ['B'])], tracked)).toEqual({
      A: ['B'],
      B: [],
      C: [],
    });
  });

  test('stays as it was where the tracker has not got the item', () => {
    expect(graphOf([item('A', ['B']), item('B')], inTracker(item('B')))).toMatchObject({
      A: ['B'],
    });
  });

  test('what an earlier run did stays, what nobody knows is not waited for', () => {
    const tracked = inTracker(item('A', ['NOWHERE']));
    expect(graphOf([item('A', ['EARLIER'])], tracked)).toEqual({ A: ['EARLIER'] });
  });

  test('a circle is not followed to its end: nothing waits for itself', () => {
    const tracked = inTracker(item('A', ['B', 'A']), item('B', ['C']), item('C', ['A']));
    expect(graphOf([item('A'), item('B'), item('C')], tracked)).toEqual({
      A: ['B'],
      B: ['C'],
      C: [],
    });
  });
});

describe('what people changed of an item', () => {
  const theirs = anIssue();
  const checks = [{ kind: 'command', run: 'node --test test/login.test.js', exit: 0 }] as const;
  const { key, title, priority, createdAt, updatedAt } = theirs;
  const counts = { failures: 0, attempts: 0 };
  const none = { notBefore: null, reason: null, feedback: null, commit: null, parent: null };
  const ours: WorkItem = {
    labels: theirs.labels,
    ...counts,
    ...none,
    projectId: 'p',
    runId: 'r',
    key,
    title,
    description: theirs.description,
    priority,
    dependencies: [],
    checks,
    status: 'todo',
    createdAt,
    updatedAt,
  };
  const edit = (change: Partial<TrackedItem>, demo = true) =>
    editOf(ours, anIssue(change), { dependencies: [], demo });

  test('nothing is nothing', () => {
    expect(edit({})).toBeUndefined();
    expect(edit({ status: 'in_progress', cancelled: true })).toBeUndefined();
  });

  test('in demo mode a new section of checks is agreed anew', () => {
    const description = 'As before.\n\n## Checks\n```\nnpm run smoke\n```';
    expect(edit({ description })?.checks).toEqual([
      { kind: 'command', run: 'npm run smoke', exit: 0 },
    ]);
    expect(edit({ description }, false)?.checks).toEqual(checks);
  });

  test.each([
    ['is gone', 'Only a wish.'],
    ['can not be read', '## Checks\n\nplease test it'],
    ['is there twice', '## Checks\n```\ntrue\n```\n## Checks\n```\ntrue\n```'],
  ])('a section that %s takes no proof away', (_, description) => {
    expect(edit({ description })).toMatchObject({ description, checks });
  });

  test('a new parent is taken over, and so are labels', () => {
    expect(edit({ parent: 'APP-7' })?.parent).toBe('APP-7');
    expect(edit({ labels: ['gpu'] }, false)?.labels).toEqual(['gpu']);
  });
});
