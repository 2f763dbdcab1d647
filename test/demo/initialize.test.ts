import { expect, test } from 'vitest';
import type { Board } from '../../src/demo/board.ts';
import { initialize } from '../../src/phases/initialize.ts';
import { aContext, failed, type Given } from '../phases/a-context.ts';
import { runWith, SETTINGS } from '../support/a-run.ts';
import { aBoard, anIssue, META } from './an-issue.ts';

const DEMO = { tracker: 'local', issues: 1, project: null } as const;
const BOARD: Board = aBoard([anIssue(), META]);

function given(changes: Given = {}): Given {
  const run = runWith({ idea: 'Sell things.', settings: { ...SETTINGS, demo: DEMO } });
  return { run, roles: { initializer: 'made' }, board: BOARD, ...changes };
}

test('R-021 R-026 R-027 the initializer’s issues become work items, and where they are is written down', async () => {
  const context = aContext(given());
  expect(await initialize.run(context)).toEqual({
    status: 'completed',
    outputs: ['init.sh', '.linear_project.json', '1 issues'],
  });
  expect(context.asked).toEqual([['initializer']]);
  expect(context.projectChecks).toEqual(['npm test']);
  expect(context.adopted).toEqual([
    {
      project: { ...BOARD.project, metaKey: META.key },
      items: [expect.objectContaining({ key: 'APP-1' })],
    },
  ]);
  const [spec, marker, settings] = context.written;
  expect(spec).toEqual({ path: 'app_spec.txt', text: 'Sell things.\n' });
  expect(JSON.parse(marker?.text ?? '')).toEqual({
    initialized: true,
    created_at: runWith().createdAt,
    team_id: 't',
    project_id: 'p',
    project_name: 'Shop',
    meta_issue_id: META.key,
    total_issues: 1,
    notes: expect.stringContaining('a copy for the reader'),
  });
  expect(settings?.path).toBe('.claude_settings.json');
  expect(context.comments).toEqual([expect.stringMatching(/^APP-9: Session 1: initializer/u)]);
});

test('a specification that came with the folder is left as it is', async () => {
  const context = aContext(given({ documents: { 'app_spec.txt': 'Mine.' } }));
  await initialize.run(context);
  expect(context.written.map(({ path }) => path)).not.toContain('app_spec.txt');
});

const { board: _, ...nothing } = given();

test.each<[string, Given, string]>([
  ['no project', nothing, 'No project was made'],
  ['a missing issue', given({ board: aBoard([META]) }), '0 issues instead of 1'],
  [
    'a red scaffold',
    given({ regression: { extraFailed: ['npm test'], report: '- failed: npm test' } }),
    'does not pass on the scaffold yet: - failed: npm test',
  ],
  [
    'a session that broke',
    given({ roles: { initializer: failed('broke') } }),
    'initializer: broke',
  ],
])('%s goes back to the initializer, and nothing is taken over', async (_name, changes, said) => {
  const context = aContext(changes);
  const end = await initialize.run(context);
  expect(end).toMatchObject({ status: 'failed', reason: expect.stringContaining(said) });
  expect([context.adopted, context.projectChecks, context.comments]).toEqual([[], [], []]);
});
