import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PHASES } from '../../src/domain/phase.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { USUAL_PATH } from '../support/harness-cli.ts';
import {
  recordRehearsal,
  type Recorded,
  type RecordedEvent,
} from '../support/recorded-rehearsal.ts';

const PLANS = ['requirements', 'architecture', 'tasks'].map((name) => `PRPs/plans/${name}.md`);
const SPECIALISTS: Readonly<Record<string, readonly string[]>> = {
  ideation: ['user_requirements', 'technical_feasibility', 'edge_cases'],
  architecture: ['system_design', 'data_models', 'api_design'],
};

const inOrder = (words: readonly string[]): readonly string[] => words.toSorted();

/** The events of one type, in their order. */
function eventsOf<T extends RecordedEvent['type']>(
  { events }: Recorded,
  type: T,
): readonly Extract<RecordedEvent, { readonly type: T }>[] {
  return events.filter(
    (event): event is Extract<RecordedEvent, { readonly type: T }> => event.type === type,
  );
}

/** When each session of a phase began and ended. */
function sessionsOf(recorded: Recorded, phase: string) {
  const ends = eventsOf(recorded, 'session.ended');
  return eventsOf(recorded, 'session.started')
    .filter(({ subject }) => subject.phase === phase)
    .map(({ subject, session, at }) => {
      const ended = ends.find((one) => one.session === session);
      return { role: subject.role, item: subject.item, from: at, to: ended?.at ?? '' };
    });
}

// One rehearsal in a fresh copy, which all of these look at: about three minutes.
describe.skipIf(quickOnly)('a recorded rehearsal', () => {
  let recorded: Recorded;
  beforeAll(async () => {
    recorded = await recordRehearsal();
  }, 900_000);
  afterAll(() => recorded[Symbol.asyncDispose]());

  test('R-003 R-013 R-041 a fresh copy is installed and rehearsed by two commands, with nobody to ask', () => {
    const { installed, rehearsed } = recorded;
    expect([installed.exit, installed.err.includes('npm error')]).toEqual([0, false]);
    expect([rehearsed.exit, rehearsed.exit === 0 ? '' : rehearsed.out]).toEqual([0, '']);
    expect(eventsOf(recorded, 'approval.asked')).toEqual([]);
  });

  test('R-001 the sessions are those of the program that the SDK brings', async () => {
    const [first] = eventsOf(recorded, 'session.started');
    expect(first?.session).toMatch(/^[0-9a-f-]{36}$/u);
    const manifest = JSON.parse(
      await readFile(join(recorded.project, '../../package.json'), 'utf8'),
    );
    const sdk = String(manifest.dependencies['@anthropic-ai/claude-agent-sdk']);
    const listed = await promisify(execFile)(
      'npm',
      ['ls', '--json', '@anthropic-ai/claude-agent-sdk'],
      {
        cwd: join(recorded.project, '../..'),
      },
    );
    expect(JSON.parse(listed.stdout).dependencies).toMatchObject({
      '@anthropic-ai/claude-agent-sdk': { version: sdk },
    });
    const doctor = await recorded.harness('doctor');
    expect(doctor.out).toContain(`Claude Agent SDK ${sdk}, Claude Code `);
  });

  test('R-004 R-042 the seven phases run in their order, and all complete', async () => {
    const started = eventsOf(recorded, 'phase.started').map(({ phase }) => phase);
    expect([...new Set(started)]).toEqual([...PHASES]);
    const last = recorded.looks.at(-1);
    expect(PHASES.map((name) => last?.phases[name].status)).toEqual(PHASES.map(() => 'completed'));
  });

  test('R-006 R-052 the three specialists of ideation work at the same time', () => {
    const sessions = sessionsOf(recorded, 'ideation').filter(({ role }) =>
      SPECIALISTS['ideation']?.includes(role),
    );
    expect(sessions).toHaveLength(3);
    const lastBegin =
      sessions
        .map(({ from }) => from)
        .toSorted()
        .at(-1) ?? '';
    const firstEnd = sessions.map(({ to }) => to).toSorted()[0] ?? '';
    expect(Date.parse(lastBegin)).toBeLessThan(Date.parse(firstEnd));
  });

  test('R-050 R-051 ideation and architecture are three specialists and a synthesis, and no other phase is', () => {
    for (const phase of PHASES) {
      const roles = sessionsOf(recorded, phase).map(({ role }) => role);
      const swarm = roles.includes('synthesis') ? roles : [];
      const wanted = SPECIALISTS[phase] ?? [];
      expect(swarm.slice(0, wanted.length).toSorted()).toEqual(wanted.toSorted());
      expect(swarm.slice(wanted.length)).toEqual(wanted.length === 0 ? [] : ['synthesis']);
    }
  });

  test('R-045 R-046 R-047 each plan is committed, in the form of a swarm as of one agent', async () => {
    expect((await recorded.git('ls-files', ...PLANS)).trim().split('\n').toSorted()).toEqual(
      PLANS.toSorted(),
    );
    const written = eventsOf(recorded, 'document.written').map(({ path }) => path);
    expect(written.filter((path) => PLANS.includes(path))).toEqual(PLANS);
  });

  test('R-048 each task of the plan is one work item, and all are done', async () => {
    const tasks = await readFile(join(recorded.project, 'PRPs/plans/tasks.md'), 'utf8');
    const planned = [...tasks.matchAll(/^#+ ([A-Z]+-\d+)\b/gmu)].map(([, key = '']) => key);
    const added = eventsOf(recorded, 'item.added').map(({ item }) => item);
    expect(planned.length).toBeGreaterThan(3);
    expect(inOrder(added)).toEqual(inOrder(planned));
    const done = eventsOf(recorded, 'item.done').map(({ item }) => item);
    expect(inOrder(done)).toEqual(inOrder(planned));
  });

  test('R-053 R-054 R-055 R-056 the requirements hold what each specialist found, each heading once', async () => {
    const text = await readFile(join(recorded.project, 'PRPs/plans/requirements.md'), 'utf8');
    for (const word of ['Personas', 'stories', 'technology', 'Constraints', 'edge cases', 'label'])
      expect(text).toContain(word);
    const headings = text.split('\n').filter((line) => line.startsWith('#'));
    expect(headings.length).toBeGreaterThan(4);
    expect(new Set(headings).size).toBe(headings.length);
  });

  test('R-057 R-095 the state file is whole at every look, and its heartbeat moves', () => {
    const { looks } = recorded;
    expect(looks.length).toBeGreaterThan(10);
    const beats = looks.map(({ heartbeat }) => Date.parse(heartbeat));
    expect(new Set(beats).size).toBeGreaterThan(10);
    const shares = looks.map(({ work: { done, total } }) =>
      total === 0 ? 0 : Math.round((100 * done) / total),
    );
    expect(looks.map(({ work }) => Math.round(work.completion_percentage))).toEqual(shares);
  });

  test('R-038 R-087 the status tells state, phase and items, for people and for programs', async () => {
    const told = await recorded.harness('--status');
    expect(told).toMatchObject({ exit: 0, out: expect.stringMatching(/: completed/u) });
    expect(told.out).toMatch(/ {2}deploy +completed/u);
    expect(told.out).toMatch(/items +10 of 10 done/u);
    const data = await recorded.harness('status', '--json');
    expect(JSON.parse(data.out)).toMatchObject({
      status: 'completed',
      work: { total: 10, done: 10, completion_percentage: 100 },
    });
  });

  test('R-016 without DATABASE_URL it brings its own database', () => {
    expect(existsSync(join(recorded.home, 'postgres'))).toBe(true);
  });

  test('R-159 the state file, the documents and a tested application are left, and git is clean', async () => {
    const { project } = recorded;
    for (const name of ['.orchestrator_state.json', ...PLANS, 'package.json', 'src'])
      expect([name, existsSync(join(project, name))]).toEqual([name, true]);
    expect(await recorded.git('status', '--porcelain')).toBe('');
    await promisify(execFile)('npm', ['test'], { cwd: project, env: { PATH: USUAL_PATH } });
  });
});
