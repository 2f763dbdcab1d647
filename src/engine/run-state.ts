import { HarnessError } from '../domain/errors.ts';
import type { PhaseName, PhaseState } from '../domain/phase.ts';
import type { Run } from '../domain/run.ts';
import type { WorkItem } from '../domain/work-item.ts';
import type { RunStore } from '../work/run-store.ts';
import { engine } from './deps.ts';
import { landRun } from './landing.ts';

/** Throws `RUN_UNKNOWN` when the database does not have it. */
export async function runOf(id: string): Promise<Run> {
  const run = await engine().deps.store.runs.get(id);
  if (run === undefined)
    throw new HarnessError('RUN_UNKNOWN', `Run ${id} is not in this database; check DATABASE_URL`);
  return run;
}

export async function phaseOf(runId: string, phase: PhaseName): Promise<PhaseState> {
  const states = await engine().deps.store.phases.list(runId);
  const state = states.find((one) => one.name === phase);
  if (state === undefined)
    throw new HarnessError(
      'PHASE_UNKNOWN',
      `Run ${runId} has no phase ${phase}; the database is of another version`,
    );
  return state;
}

/** The end of a run whose every phase is completed or was skipped. */
export async function finishRun(runId: string): Promise<void> {
  const run = await runOf(runId);
  if (run.control !== null) return;
  await landRun(engine().deps, run);
  await engine().deps.store.runs.setStatus(runId, 'completed', null);
}

/** The run's own work items: a project keeps those of its earlier runs too. */
export async function itemsOf(store: RunStore, run: Run): Promise<readonly WorkItem[]> {
  return (await store.items.list(run.projectId)).filter((item) => item.runId === run.id);
}

export async function failRun(runId: string, phase: PhaseName, reason: string): Promise<void> {
  const { store } = engine().deps;
  await store.phases.end(runId, phase, { status: 'failed', error: reason, outputs: [] });
  await landRun(engine().deps, await runOf(runId));
  await store.runs.setStatus(runId, 'failed', `${phase}: ${reason}`);
}
