import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  readSnapshot,
  SNAPSHOT_FILE,
  writeSnapshot,
  type Snapshot,
} from '../../src/delivery/snapshot.ts';
import { currentPhase } from '../../src/delivery/why-facts.ts';
import { PHASES } from '../../src/domain/phase.ts';
import { addItems, aRun, aStore, SERVER_START_MS } from '../adapters/store/a-store.ts';
import { aPhase } from '../support/a-run.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'snapshot-'));
  await mkdir(join(directory, '.harness'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test(
  'the snapshot shows what the store knows, under the names of the contract',
  { timeout: SERVER_START_MS },
  async () => {
    await using opened = await aStore();
    const { store } = opened;
    const run = await aRun(store, { budgetUsd: 5, label: 'rehearsal' });
    await store.phases.end(run, 'ideation', {
      status: 'completed',
      error: null,
      outputs: ['a.md'],
    });
    await addItems(store, run, 'API-1', 'API-2');
    await store.items.block(run.projectId, 'API-2', 'not wanted', 'person');
    const project = await store.projects.get(run.projectId);
    if (project === undefined) throw new Error('the project is gone');
    const now = '2026-03-01T12:00:00.000Z';
    const snapshot = await readSnapshot(store, project, { run, hosted: false, now });
    expect(snapshot).toMatchObject({
      version: 1,
      project_id: project.id,
      project_name: 'shop',
      run_id: run.id,
      status: 'running',
      rehearsal: true,
      unsealed: null,
      current_phase: 'architecture',
      work: { todo: 1, in_progress: 0, done: 0, blocked: 1, total: 2, completion_percentage: 0 },
      approval: null,
      approvals: [],
      sessions: [],
      usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0, budget_usd: 5 },
      heartbeat: now,
      updated_at: now,
    });
    await store.phases.start(run, 'architecture', 1);
    const ended = { ...run, status: 'stopped' } as const;
    const stopped = await readSnapshot(store, project, { run: ended, hosted: false, now });
    expect(stopped.phases['architecture']).toMatchObject({ status: 'interrupted' });
    expect(stopped.phases['ideation']).toMatchObject({ status: 'completed' });
    const reason = 'sandbox.driver is none';
    await store.events.append(project.id, run.id, [{ type: 'run.unsealed', reason }]);
    const shown = await readSnapshot(store, project, { run, hosted: false, now });
    expect(shown.unsealed).toBe(reason);
    expect(Object.keys(snapshot.phases)).toEqual([...PHASES]);
    expect(snapshot.phases['ideation']).toMatchObject({ status: 'completed', outputs: ['a.md'] });
    expect(snapshot.why).toContain('no process carries it out');
    expect(snapshot.why).toContain('harness resume');
  },
);

test('the current phase is the first that is not over', () => {
  const states = PHASES.map((name) => aPhase({ name }));
  expect(currentPhase(states)).toBe('ideation');
  const over = states.map((state, at) =>
    aPhase({ ...state, status: at === 0 ? 'completed' : 'skipped' }),
  );
  expect(currentPhase(over)).toBeNull();
  expect(
    currentPhase([...over.slice(0, 3), aPhase({ name: 'initialize', status: 'failed' })]),
  ).toBe('initialize');
});

/** Several pages long, so that a write takes more than one. */
function aSnapshot(mark: string): Snapshot {
  const phase = { status: 'pending', attempts: 0, started_at: null, completed_at: null } as const;
  return {
    version: 1,
    project_id: 'p',
    project_name: 'shop',
    directory,
    run_id: mark,
    status: 'running',
    rehearsal: false,
    unsealed: null,
    current_phase: null,
    phases: { ideation: { ...phase, error: mark.repeat(50_000), outputs: [] } },
    work: { todo: 0, in_progress: 0, done: 0, blocked: 0, total: 0, completion_percentage: 0 },
    approval: null,
    approvals: [],
    sessions: [],
    usage: { input_tokens: 0, output_tokens: 0, cost_usd: null, budget_usd: null },
    why: mark,
    heartbeat: '',
    updated_at: mark,
  };
}

async function readBack(): Promise<Snapshot> {
  return JSON.parse(await readFile(join(directory, SNAPSHOT_FILE), 'utf8'));
}

test('I6 a reader sees the old snapshot or the new one, never half of one', async () => {
  await writeSnapshot(directory, aSnapshot('a'));
  const writes = Array.from({ length: 60 }, (_, at) => aSnapshot('abc'.charAt(at % 3)));
  const progress = { written: 0 };
  const writer = (async () => {
    for (const snapshot of writes) {
      await writeSnapshot(directory, snapshot);
      progress.written += 1;
    }
  })();
  let reads = 0;
  for (; progress.written < writes.length; reads += 1) {
    const { run_id: mark, why, phases } = await readBack();
    expect([why, phases['ideation']?.error]).toEqual([mark, mark.repeat(50_000)]);
  }
  await writer;
  expect(reads).toBeGreaterThan(0);
  expect(await readdir(join(directory, '.harness'))).toEqual([]);
});

test('writers at once leave one whole snapshot and nothing beside it', async () => {
  const marks = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(marks.map((mark) => writeSnapshot(directory, aSnapshot(mark))));
  const { run_id: mark, why } = await readBack();
  expect([marks.includes(mark), why]).toEqual([true, mark]);
  expect(await readdir(join(directory, '.harness'))).toEqual([]);
});

test('our own folder is made again where somebody cleaned it away', async () => {
  await rm(join(directory, '.harness'), { recursive: true });
  await writeSnapshot(directory, aSnapshot('a'));
  expect((await readBack()).run_id).toBe('a');
});

test('a folder that is gone is an error and makes no new folder', async () => {
  await rm(directory, { recursive: true });
  await expect(writeSnapshot(directory, aSnapshot('a'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
});
