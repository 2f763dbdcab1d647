import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { testDatabase } from '../support/database.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit, USUAL_PATH, type Bench, type Ended } from '../support/harness-cli.ts';
import {
  FAKE_KEY,
  NO_LIMITS,
  startFakeLinear,
  type FakeLinear,
} from '../support/linear/start-fake-linear.ts';

const run = promisify(execFile);
const PROMPTS = join(import.meta.dirname, '../../prompts');

const Marker = z.object({ total_issues: z.number(), project_name: z.string() }).loose();

async function markerOf(project: string): Promise<z.infer<typeof Marker>> {
  return Marker.parse(JSON.parse(await readFile(join(project, '.linear_project.json'), 'utf8')));
}

interface Told {
  readonly key: string;
  readonly title: string;
  readonly status: string;
  readonly comments: readonly string[];
}

/** The local tracker as people see it. */
async function trackerIn(url: string): Promise<readonly Told[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Told>(
      `select i.key, i.title, i.status,
              coalesce(array_agg(c.text order by c.at) filter (where c.id is not null), '{}') as comments
         from harness.tracker_item i
         left join harness.tracker_comment c on c.project_id = i.project_id and c.item_key = i.key
        group by i.key, i.title, i.status order by length(i.key), i.key`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

const Event = z.object({ type: z.string(), subject: z.object({ role: z.string() }).optional() });

async function sessionsIn(bench: Bench, project: string): Promise<readonly string[]> {
  const { stdout } = await bench.run(['events', '--json', '--project-dir', project]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => Event.parse(JSON.parse(line)))
    .filter(({ type }) => type === 'session.started')
    .map(({ subject }) => subject?.role ?? '');
}

async function proveApplication(project: string): Promise<void> {
  const env = { PATH: USUAL_PATH };
  await run('./init.sh', { cwd: project, env });
  await run('npm', ['test'], { cwd: project, env });
  expect((await stat(join(project, 'init.sh'))).mode & 0o111).not.toBe(0);
  const git = ['-c', 'safe.directory=*', 'status', '--porcelain'];
  expect((await run('git', git, { cwd: project })).stdout).toBe('');
}

test('A4 without a key for Linear nothing is made, and the way without one is named', async () => {
  await using bench = await aBench();
  const ended = await bench.run(['demo', '--rehearse', '--project-dir', 'shop']);
  proveExit(ended, 4);
  expect(ended.stderr).toMatch(/LINEAR_API_KEY is not set.*--tracker local/u);
  await expect(stat(join(bench.folder, 'shop'))).rejects.toThrow('ENOENT');
});

// About 45 s.
test.skipIf(quickOnly)(
  'R-019 R-028 R-139 R-140 R-141 own prompts and specification, a cap of sessions, and on with it',
  { timeout: 400_000 },
  async () => {
    await using database = await testDatabase();
    await using bench = await aBench({ databaseUrl: database.url });
    const project = join(bench.folder, 'shop');
    await mkdir(join(project, 'prompts'), { recursive: true });
    const shipped = await readFile(join(PROMPTS, 'initializer_prompt.md'), 'utf8');
    const edited = `${shipped.replace('50 issues', '2 issues')}\nMind the gap.\n`;
    await writeFile(join(project, 'prompts/initializer_prompt.md'), edited);
    await writeFile(join(project, 'prompts/app_spec.txt'), 'A ledger for zebras.\n');
    const demo = ['demo', '--rehearse', '--tracker', 'local', '--project-dir', project];

    const first = await bench.run([...demo, '--max-iterations', '2']);
    proveExit(first, 0);
    expect(first.stdout).toMatch(/the cap of 2 sessions is reached.*Next: `.*demo --project-dir/su);
    expect(first.stdout).toContain('[Tool: mcp__linear__save_issue]');
    expect(first.stdout).toContain('[2/2 issues]');
    expect(await readFile(join(project, 'app_spec.txt'), 'utf8')).toBe('A ledger for zebras.\n');
    expect(await markerOf(project)).toMatchObject({
      total_issues: 2,
      project_name: 'Pocket Ledger',
    });
    expect(await sessionsIn(bench, project)).toEqual(['initializer', 'coder']);
    const transcript = await bench.run(['logs', '--verbose', '--project-dir', project]);
    expect(transcript.stdout).toContain('A ledger for zebras.');

    const second = await bench.run([...demo, '--max-iterations', '3']);
    proveExit(second, 0);
    expect(second.stdout).toContain('[2/2 issues done]');
    expect(await sessionsIn(bench, project)).toEqual(['initializer', 'coder', 'coder']);

    const said = await bench.run(['items', 'comments', 'APP-3', '--project-dir', project]);
    proveExit(said, 0);
    expect(said.stdout).toMatch(/harness\n {4}Session 1: initializer/u);

    const third = await bench.run(demo);
    proveExit(third, 0);
    expect(third.stdout).toContain('all is done, 2 of 2 issues');
  },
);

// About 90 s.
test.skipIf(quickOnly)(
  'R-002 R-021 R-026 R-030 R-032 R-033 R-034 R-153 R-156 R-158 an initializer and coders build an application, issue by issue',
  { timeout: 600_000 },
  async () => {
    await using database = await testDatabase();
    await using bench = await aBench({ databaseUrl: database.url });
    const project = join(bench.folder, 'ledger');
    const args = ['demo', '--rehearse', '--tracker', 'local', '--issues', '8'];
    const ended: Ended = await bench.run([...args, '--project-dir', project]);
    proveExit(ended, 0);
    await proveApplication(project);
    expect(await markerOf(project)).toMatchObject({ initialized: true, total_issues: 8 });
    for (let made = 1; made <= 8; made += 1) expect(ended.stdout).toContain(`[${made}/8 issues]`);

    const issues = await trackerIn(database.url);
    const meta = issues.find(({ title }) => title.startsWith('[META]'));
    const work = issues.filter((one) => one !== meta);
    expect(work.map(({ status }) => status)).toEqual(Array(8).fill('done'));
    for (const { comments } of work) {
      expect(comments).toContainEqual(expect.stringContaining('Built, with tests in'));
      expect(comments).toContainEqual(
        expect.stringMatching(
          /^Done: [0-9a-f]{40}\n\nFiles:\n- adds .*Proved on exactly that tree by:\n- node --test/su,
        ),
      );
    }
    const sessions = await sessionsIn(bench, project);
    expect(meta?.comments).toHaveLength(sessions.length);
    expect(meta?.comments.at(-1)).toContain('8 of 8 issues done');

    // What was planted: a claim without evidence, and a feature that another session broke.
    const server = work.find(({ title }) => title.startsWith('Server'));
    expect(server?.comments[0]).toContain('without changing anything');
    const money = work.find(({ title }) => title.startsWith('Money'));
    expect(money?.comments).toContainEqual(expect.stringMatching(/^A regression: /u));
    expect(ended.stdout).toMatch(/! regression +APP-1/u);
    expect(ended.stdout).toMatch(/! unproved claim +APP-3/u);
    expect(ended.stdout).toMatch(
      /^(Pictures: \d+ kept under|No pictures: no session had a browser)/mu,
    );
  },
);

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

// About 60 s.
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
    const demo = ['demo', '--rehearse', '--project-dir', project, '--issues', '3'];
    const ended = await bench.run(demo);
    proveExit(ended, 0);
    await proveApplication(project);
    expect(linear.store.all('Project').map((one) => one['name'])).toEqual(['Pocket Ledger']);
    const [home] = linear.store.all('Project');
    expect(await markerOf(project)).toMatchObject({
      total_issues: 3,
      project_id: home?.id,
      team_id: linear.store.all('Team')[0]?.id,
    });

    const shown = shownIn(linear);
    const meta = shown.find(({ title }) => title.startsWith('[META]'));
    const work = shown.filter((one) => one !== meta);
    expect(work.map(({ state }) => state)).toEqual(['Done', 'Done', 'Done']);
    for (const { comments } of work) {
      expect(comments).toContainEqual(expect.stringContaining('Built, with tests in'));
      expect(comments).toContainEqual(expect.stringMatching(/^Done: [0-9a-f]{40}/u));
    }
    // Three issues, and one more session for the one that claimed without evidence.
    const notes = meta?.comments.filter((text) => text.includes('Session ')) ?? [];
    expect(notes).toHaveLength(5);

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
    expect(used.filter((name) => name === 'save_issue')).toHaveLength(4);
    expect(JSON.stringify(linear.log)).not.toContain('state":"Done');
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(FAKE_KEY);

    const again = await bench.run(demo);
    proveExit(again, 0);
    expect(again.stdout).toContain('all is done, 3 of 3 issues');
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
