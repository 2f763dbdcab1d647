import type { Board } from '../../src/demo/board.ts';
import { META_TITLE } from '../../src/domain/demo.ts';
import type { TrackedItem } from '../../src/work/tracker.ts';

const CHECKS = '## Checks\n```\nnode --test test/login.test.js\n```';

/** An issue as an initializer makes it. */
export function anIssue(changes: Partial<TrackedItem> = {}): TrackedItem {
  return {
    key: 'APP-1',
    title: 'Auth - Login flow',
    description: `People sign in with a name and a word that only they know.\n\n${CHECKS}`,
    priority: 2,
    dependencies: [],
    labels: [],
    parent: null,
    status: 'todo',
    cancelled: false,
    claim: null,
    createdAt: '2026-03-01T10:00:00.000Z',
    updatedAt: '2026-03-01T10:00:00.000Z',
    ...changes,
  };
}

export const META = anIssue({
  key: 'APP-9',
  title: META_TITLE,
  description: 'What it is.\n\n## Checks\n```\nnpm test\n```',
  priority: 0,
});

export function aBoard(issues: readonly TrackedItem[]): Board {
  const project = { id: 'p', name: 'Shop', description: '', teamId: 't', metaKey: null };
  return { project, issues };
}
