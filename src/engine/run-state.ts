import { HarnessError } from '../domain/errors.ts';
import type { PhaseName, PhaseState } from '../domain/phase.ts';
import type { Run } from '../domain/run.ts';
import { engine } from './deps.ts';

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

/** A run with items that the harness had to block has failed, however well the rest went. */
export async function finishRun(runId: string): Promise<void> {
  const { store } = engine().deps;
  const run = await runOf(runId);
  if (run.control !== null) return;
  const items = await store.items.list(run.projectId);
  const blocked = items.filter(
    (item) => item.status === 'blocked' && !skippedByPerson(item.reason),
  );
  if (blocked.length === 0) return store.runs.setStatus(runId, 'completed', null);
  const names = blocked.map((item) => `${item.key} (${item.reason ?? 'no reason'})`).join('; ');
  return store.runs.setStatus(runId, 'failed', `Blocked work items: ${names}`);
}

export async function failRun(runId: string, phase: PhaseName, reason: string): Promise<void> {
  const { store } = engine().deps;
  await store.phases.end(runId, phase, { status: 'failed', error: reason, outputs: [] });
  await store.runs.setStatus(runId, 'failed', `${phase}: ${reason}`);
}

/** `items skip` settles an item: a person's decision, shown, no failure. */
export const SKIPPED = 'skipped by a person';

function skippedByPerson(reason: string | null): boolean {
  return reason?.startsWith(SKIPPED) === true;
}
