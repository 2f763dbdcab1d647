import { HarnessError } from '../domain/errors.ts';
import type { PhaseName, PhaseState } from '../domain/phase.ts';
import { ENDED, type Run } from '../domain/run.ts';
import type { RunKey } from '../work/run-store.ts';
import { engine } from './deps.ts';
import { landRun } from './landing.ts';

/**
 * The run as it is now. Throws `RUN_UNKNOWN` when the database does not have it, `RUN_SUPERSEDED`
 * when it has been opened again: a step of a former generation must not act on the next one.
 */
export async function runOf({ id, generation }: RunKey): Promise<Run> {
  const run = await engine().deps.store.runs.get(id);
  if (run === undefined)
    throw new HarnessError('RUN_UNKNOWN', `Run ${id} is not in this database; check DATABASE_URL`);
  if (run.generation !== generation)
    throw new HarnessError(
      'RUN_SUPERSEDED',
      `Run ${id} was opened again: generation ${run.generation} carries it out now`,
    );
  return run;
}

/** How the phase stands now. Throws `PHASE_UNKNOWN`. */
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
export async function finishRun(key: RunKey): Promise<void> {
  const { store, workshop } = engine().deps;
  await landRun(engine().deps, await runOf(key));
  // Landing takes its time: somebody may be ending the run by now.
  const run = await runOf(key);
  if (run.control !== null || ENDED.includes(run.status)) return;
  await workshop.sweepGates(run.projectId, run.id);
  await store.runs.setStatus(run, 'completed', null);
}

/** Ends the phase and its run as failed, after main was landed and gates were removed; safe to repeat. */
export async function failRun(key: RunKey, phase: PhaseName, reason: string): Promise<void> {
  const { store, workshop } = engine().deps;
  await store.phases.end(key, phase, { status: 'failed', error: reason, outputs: [] });
  await landRun(engine().deps, await runOf(key));
  const run = await runOf(key);
  await workshop.sweepGates(run.projectId, run.id);
  if (!ENDED.includes(run.status)) await store.runs.setStatus(run, 'failed', `${phase}: ${reason}`);
}
