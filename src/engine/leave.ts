import type { Approval } from '../domain/approval.ts';
import type { PhaseName, PhaseState } from '../domain/phase.ts';
import type { Run } from '../domain/run.ts';
import type { RunKey, RunStore } from '../work/run-store.ts';
import type { Verdict } from './approvals.ts';
import { engine } from './deps.ts';
import { changeId } from './names.ts';
import { runOf } from './run-state.ts';

/**
 * What a person said about the change that a phase's own session made (I4); without an answer the run
 * waits. Nothing here ever answers in a person's name.
 */
export async function takeLeave(key: RunKey, phase: PhaseName, attempt: number): Promise<Verdict> {
  const { store } = engine().deps;
  const run = await runOf(key);
  const question = await store.approvals.get(
    changeId(run.id, { phase, itemKey: null, number: attempt }),
  );
  if (question?.answer?.kind === 'rejected') return discard(run, question, question.answer.reason);
  if (question === undefined || question.answer !== null) return { kind: 'approved' };
  if (run.control !== null) return { kind: 'over' };
  await waitForPeople(store, run);
  return { kind: 'waiting' };
}

/** Stored, so that a run that is stopped now still tells the next session. */
async function discard(
  run: Run,
  { phase, attempt, change }: Approval,
  why: string,
): Promise<Verdict> {
  const paths = change?.files.map(({ path }) => path).join(', ') ?? '';
  const reason = `A person did not allow your change of ${paths}: ${why}`;
  await engine().deps.store.phases.discard(run, phase, { attempt, reason });
  return { kind: 'rejected', reason };
}

/** Whether nobody has gone on with the phase since its newest session asked about a change. */
export async function isAsking(
  store: RunStore,
  runId: string,
  state: Pick<PhaseState, 'name' | 'attempts' | 'discarded'>,
): Promise<boolean> {
  if (state.discarded >= state.attempts) return false;
  const asked = await store.approvals.changes(runId, { phase: state.name, itemKey: null });
  return asked.at(-1)?.attempt === state.attempts;
}

/** The run waits for the answers that are open by now; an answer in between keeps it running. */
export async function waitForPeople(store: RunStore, run: Run): Promise<void> {
  const open = await store.approvals.pending(run.id);
  if (run.status === 'running' && open.length > 0)
    await store.approvals.wait(
      run,
      open.map(({ id }) => id),
    );
}
