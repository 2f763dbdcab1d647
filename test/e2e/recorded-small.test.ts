import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startRehearsalModel } from '../../src/rehearsal/model.ts';
import { FATES, wordsOf } from '../requirements/commands.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit, type Bench, type Ended } from '../support/harness-cli.ts';
import { smallScenario } from '../support/small-run.ts';
import { noting, type Noted } from '../support/noted-requests.ts';

const YAML = `project: { name: "Cubits", directory: "./measures" }
backend: { type: json }
agent: { model: model-of-the-file, max_sessions: 3 }
phases:
  ideation: { pattern: single }
  architecture: { pattern: single }
error_recovery: { retry_delay_seconds: 1 }
gateway: { attribution_headers: true }
`;

const RUN = ['run', '--idea', 'A module that converts feet.', '--no-interactive'];
const MINE = ['--config', 'mine.yaml'];

const events = (told: Ended) =>
  told.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => z.looseObject({ type: z.string() }).parse(JSON.parse(line)));

async function rowsIn(url: string, table: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: string }>(`select count(*) as n from ${table}`);
    return Number(rows[0]?.n);
  } finally {
    await client.end();
  }
}

/** One small run, parked by its file, by a flag, then finished: about a minute. */
describe.skipIf(quickOnly)('a recorded small run', () => {
  const stack = new AsyncDisposableStack();
  let bench: Bench;
  let database: TestDatabase;
  let noted: Noted;
  let [parked, again, ended]: (Ended | undefined)[] = [];
  let why: Ended;
  const project = () => join(bench.folder, 'measures');

  beforeAll(async () => {
    const model = await startRehearsalModel({ scenario: smallScenario(), clock: Date });
    stack.defer(() => model.close());
    noted = stack.use(await noting(model.url));
    database = stack.use(await testDatabase());
    const env = { ANTHROPIC_BASE_URL: noted.url, CLAUDE_CODE_OAUTH_TOKEN: 'a-token-nobody-checks' };
    bench = stack.use(await aBench({ databaseUrl: database.url, env }));
    await writeFile(join(bench.folder, 'mine.yaml'), YAML);
    parked = await bench.run([...RUN, ...MINE, '--json']);
    const resume = ['--resume', '--no-interactive', ...MINE, '--max-sessions'];
    again = await bench.run([...resume, '4']);
    why = await bench.run(['why', ...MINE]);
    ended = await bench.run([...resume, '30', '--model', 'model-of-the-flag']);
  }, 400_000);
  afterAll(() => stack.disposeAsync());

  test('R-036 R-110 R-111 R-123 a run obeys the file that --config names', async () => {
    if (parked === undefined) throw new Error('it never ran');
    proveExit(parked, 75);
    const started = events(parked).filter(({ type }) => type === 'session.started');
    expect(started).toHaveLength(3);
    expect(existsSync(join(project(), '.orchestrator_state.json'))).toBe(true);
    const status = await bench.run(['status', ...MINE]);
    expect(status.stdout).toMatch(/^Cubits: /u);
  });

  test('R-037 a run that its cap parked goes on with `harness --resume`', () => {
    expect([parked?.exit, again?.exit, ended?.exit]).toEqual([75, 75, 0]);
    expect(why.stdout).toContain('cap of 4 sessions');
    expect(noted.sessions().length).toBeGreaterThan(4);
    expect(ended?.stdout).toContain('Built 1 of 1 work items');
  });

  test('R-122 the model is that of the file, until a flag names another', () => {
    expect([...new Set(noted.models())]).toEqual(['model-of-the-file', 'model-of-the-flag']);
  });

  test('R-045 R-049 one agent writes each plan', async () => {
    const told = await bench.run(['events', '--json', ...MINE]);
    const started = z
      .array(z.looseObject({ subject: z.looseObject({ phase: z.string(), role: z.string() }) }))
      .parse(events(told).filter(({ type }) => type === 'session.started'));
    const planned = started.filter(({ subject }) => /ideation|architecture/u.test(subject.phase));
    expect(planned.map(({ subject }) => subject.role)).toEqual(['brainstorm', 'architect']);
    for (const name of ['requirements', 'architecture', 'tasks'])
      expect(await readFile(join(project(), `PRPs/plans/${name}.md`), 'utf8')).toMatch(/\S/u);
  });

  test('R-112 the items are in the file with backend json, and there is none without', async () => {
    const file = join(project(), '.work_items.json');
    const { work_items: items } = z
      .object({ work_items: z.array(z.looseObject({ key: z.string(), status: z.string() })) })
      .parse(JSON.parse(await readFile(file, 'utf8')));
    expect(items).toMatchObject([{ key: 'FEET-1', status: 'done' }]);
    expect(await rowsIn(database.url, 'harness.tracker_item')).toBe(0);
  });

  test('R-016 R-073 with DATABASE_URL the rows are on that server, whose password is never said', async () => {
    expect(await rowsIn(database.url, 'harness.run')).toBe(1);
    expect(existsSync(join(bench.home, 'postgres'))).toBe(false);
    const password = new URL(database.url).password;
    const all = [parked, again, ended].map((one) => `${one?.stdout}${one?.stderr}`).join('');
    expect(password === '' || !all.includes(password)).toBe(true);
  });

  test('R-012 R-014 R-017 doctor names the versions of program and SDK, and either credential will do', async () => {
    const sealed = /ok +agent +Claude Agent SDK \d+\.\d+\.\d+, Claude Code \d+\.\d+/u;
    const token = await bench.run(['doctor']);
    expect(token.stdout).toMatch(sealed);
    expect(token.stdout).toMatch(/ok +credential/u);
    const key = { CLAUDE_CODE_OAUTH_TOKEN: undefined, ANTHROPIC_API_KEY: 'a-key' };
    expect((await bench.run(['doctor'], { env: key })).stdout).toMatch(/ok +credential/u);
    const none = await bench.run(['doctor'], { env: { CLAUDE_CODE_OAUTH_TOKEN: undefined } });
    expect([none.exit, none.stdout]).toEqual([4, expect.stringMatching(/NO +credential/u)]);
    expect(token.exit).toBe(/NO +sandbox/u.test(token.stdout) ? 5 : 0);
  });

  // Last: it has a run of its own, which waits for more sessions with its items open.
  test('each command of the pages that wants a project is carried out in one', async () => {
    const waits = YAML.replace('./measures', './waits').replace(
      'max_sessions: 3',
      'max_sessions: 4',
    );
    await writeFile(join(bench.folder, 'waits.yaml'), waits);
    proveExit(await bench.run([...RUN, '--config', 'waits.yaml']), 75);
    const cwd = join(bench.folder, 'waits');
    const wanted = Object.entries(FATES).flatMap(([line, fate]) =>
      'inProject' in fate ? [[line, fate.inProject] as const] : [],
    );
    expect(wanted.length).toBeGreaterThan(8);
    for (const [line, exit] of wanted) {
      const key = line.includes(' show ') ? 'FEET-1' : 'ADD-1';
      const [, , ...words] = wordsOf(line.replace('API-1', key));
      const told = await bench.run(words, { cwd });
      expect([line, told.exit, told.exit === exit ? '' : told.stderr]).toEqual([line, exit, '']);
    }
  });
});

// About 20 s.
test.skipIf(quickOnly)(
  'R-037 R-038 R-039 R-044 R-051 without a configuration a run begins with the swarm of ideation, and the old flags show and stop it',
  { timeout: 200_000 },
  async () => {
    const model = await startRehearsalModel({ scenario: smallScenario(), clock: Date });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => model.close());
    const database = stack.use(await testDatabase());
    const env = { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'a-key-nobody-checks' };
    const bench = stack.use(await aBench({ databaseUrl: database.url, env }));
    const project = ['--project-dir', join(bench.folder, 'shop')];
    const running = bench.start(['run', '--idea', 'a shop', '--json', ...project]);
    await running.heard(/"session.started"/u);
    const status = await bench.run(['--status', '--json', ...project]);
    expect(JSON.parse(status.stdout)).toMatchObject({ current_phase: 'ideation' });
    const stopped = await bench.run(['--stop', ...project]);
    proveExit(stopped, 0);
    const ended = await running.ended;
    expect([3, 130]).toContain(ended.exit);
    const told = events(ended);
    const first = told.find(({ type }) => type === 'phase.started');
    expect(first).toMatchObject({ phase: 'ideation' });
    const roles = told
      .filter(({ type }) => type === 'session.started')
      .map(
        (event) =>
          z.looseObject({ subject: z.looseObject({ role: z.string() }) }).parse(event).subject.role,
      );
    expect(roles.slice(0, 3).toSorted()).toEqual([
      'edge_cases',
      'technical_feasibility',
      'user_requirements',
    ]);
  },
);

// About 15 s.
test.skipIf(quickOnly)(
  'R-080 R-081 AGENT_MODEL and MAX_SESSIONS win over the file; `why` names the cap',
  { timeout: 200_000 },
  async () => {
    const model = await startRehearsalModel({ scenario: smallScenario(), clock: Date });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => model.close());
    const noted = stack.use(await noting(model.url));
    const database = stack.use(await testDatabase());
    const bench = stack.use(
      await aBench({
        databaseUrl: database.url,
        yaml: YAML,
        env: {
          ANTHROPIC_BASE_URL: noted.url,
          ANTHROPIC_API_KEY: 'a-key-nobody-checks',
          MAX_SESSIONS: '2',
          AGENT_MODEL: 'model-of-the-environment',
        },
      }),
    );
    proveExit(await bench.run(RUN), 75);
    expect(noted.sessions()).toHaveLength(2);
    expect([...new Set(noted.models())]).toEqual(['model-of-the-environment']);
    expect((await bench.run(['why'])).stdout).toContain('cap of 2 sessions');
  },
);
