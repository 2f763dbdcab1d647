import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { browserObstacle, TRUST } from '../support/browser-here.ts';
import { testDatabase } from '../support/database.ts';
import { markerOf, proveApplication, sessionsIn } from '../support/demo-project.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit } from '../support/harness-cli.ts';
import {
  FAKE_KEY,
  NO_LIMITS,
  startFakeLinear,
  type FakeLinear,
} from '../support/linear/start-fake-linear.ts';

interface Shown {
  readonly identifier: string;
  readonly title: string;
  readonly state: string;
  readonly comments: readonly string[];
}

/** The workspace as its people see it. */
function shownIn({ store }: FakeLinear): readonly Shown[] {
  return store.all('Issue').map((issue) => ({
    identifier: `ENG-${String(issue['number'])}`,
    title: String(issue['title']),
    state: String(store.get('WorkflowState', issue['stateId'])['name']),
    comments: store
      .all('Comment')
      .filter((comment) => comment['issueId'] === issue.id)
      .map((comment) => String(comment['body'])),
  }));
}

const PNG = [0x89, 0x50, 0x4e, 0x47];

/** There is a page from the third issue on; where there is a browser, its builders looked at it. */
async function provePictures(project: string, work: readonly Shown[]): Promise<void> {
  for (const { identifier } of work.slice(2)) {
    const folder = join(project, '.harness/evidence', identifier);
    const pictures = (await readdir(folder)).filter((name) => name.endsWith('.png'));
    expect(pictures).not.toEqual([]);
    for (const name of pictures)
      expect([...(await readFile(join(folder, name)))].slice(0, 4)).toEqual(PNG);
  }
}

// Up to three minutes with a browser.
test.skipIf(quickOnly)(
  'R-009 R-023 R-024 R-025 R-029 R-030 R-032 R-033 R-034 the same through Linear: its own tools, its own states',
  { timeout: 600_000 },
  async () => {
    await using linear = await startFakeLinear({ limits: NO_LIMITS });
    await using database = await testDatabase();
    const env = {
      LINEAR_API_KEY: FAKE_KEY,
      LINEAR_API_URL: linear.apiUrl,
      LINEAR_MCP_URL: linear.mcpUrl,
    };
    await using bench = await aBench({ databaseUrl: database.url, env });
    const project = join(bench.folder, 'ledger');
    const demo = ['demo', '--rehearse', '--project-dir', project, '--issues', '8'];
    const ended = await bench.run(demo, { env: TRUST });
    proveExit(ended, 0);
    for (let made = 1; made <= 8; made += 1) expect(ended.stdout).toContain(`[${made}/8 issues]`);
    await proveApplication(project);
    expect(linear.store.all('Project').map((one) => one['name'])).toEqual(['Pocket Ledger']);
    const [home] = linear.store.all('Project');
    expect(await markerOf(project)).toMatchObject({
      total_issues: 8,
      project_id: home?.id,
      team_id: linear.store.all('Team')[0]?.id,
    });

    const shown = shownIn(linear);
    const meta = shown.find(({ title }) => title.startsWith('[META]'));
    const work = shown.filter((one) => one !== meta);
    expect(work.map(({ state }) => state)).toEqual(Array(8).fill('Done'));
    for (const { comments } of work) {
      expect(comments).toContainEqual(expect.stringContaining('Built, with tests in'));
      expect(comments).toContainEqual(expect.stringMatching(/^Done: [0-9a-f]{40}/u));
    }
    const notes = meta?.comments.filter((text) => text.includes('Session ')) ?? [];
    expect(notes).toHaveLength((await sessionsIn(bench, project)).length);
    expect(notes.at(-1)).toContain('8 of 8 issues done');
    if (browserObstacle === undefined) await provePictures(project, work);
    expect(ended.stdout).toMatch(
      browserObstacle === undefined ? /^Pictures: \d+ kept under/mu : /^No pictures: no session/mu,
    );

    // What was planted: a claim without evidence, and a feature that another session broke.
    const saidOf = (area: string) => work.find(({ title }) => title.startsWith(area))?.comments;
    expect(saidOf('Server')).toContainEqual(expect.stringContaining('without changing anything'));
    expect(saidOf('Money')).toContainEqual(expect.stringMatching(/^A regression: /u));

    // Agents wrote by Linear's own tools; what they may not do never arrived.
    const used = linear.log.filter(({ via }) => via === 'mcp').flatMap(({ fields }) => fields);
    expect(new Set(used)).toEqual(
      new Set([
        'list_teams',
        'list_projects',
        'save_project',
        'list_issues',
        'save_issue',
        'save_comment',
      ]),
    );
    expect(used.filter((name) => name === 'save_issue')).toHaveLength(9);
    expect(JSON.stringify(linear.log)).not.toContain('state":"Done');
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(FAKE_KEY);

    const again = await bench.run(demo);
    proveExit(again, 0);
    expect(again.stdout).toContain('all is done, 8 of 8 issues');
  },
);

// About 15 s.
test.skipIf(quickOnly)(
  'R-155 a server that refuses the key is named, and nothing is green',
  async () => {
    await using linear = await startFakeLinear();
    await using bench = await aBench({
      env: {
        LINEAR_API_KEY: FAKE_KEY,
        LINEAR_API_URL: linear.apiUrl,
        LINEAR_MCP_URL: linear.mcpUrl,
      },
      yaml: 'error_recovery: { retry_delay_seconds: 1 }\n',
    });
    const gone = linear.apiUrl.replace('/graphql', '/nothing');
    const env = { LINEAR_MCP_URL: gone };
    const ended = await bench.run(
      ['demo', '--rehearse', '--project-dir', 'shop', '--issues', '2'],
      { env },
    );
    expect(ended.exit).not.toBe(0);
    expect(ended.stdout).toMatch(
      /MCP server connection failed: linear .*Check LINEAR_API_KEY and LINEAR_MCP_URL/u,
    );
    expect(linear.store.all('Issue')).toEqual([]);

    const wrong = await bench.run(
      ['demo', '--rehearse', '--project-dir', 'other', '--issues', '2'],
      {
        env: { LINEAR_API_KEY: 'lin_api_wrong' },
      },
    );
    proveExit(wrong, 4);
  },
);
