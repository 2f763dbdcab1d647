import { DBOS } from '@dbos-inc/dbos-sdk';
import { messageOf } from '../domain/errors.ts';
import type { RoleEnd } from '../phases/phase.ts';
import { engine, type Brief, type SessionStep } from './deps.ts';

/**
 * One attempt: its session and the proof of its work. Short, never retried by the engine:
 * another try is another attempt. Each step takes its own fence, so two executions of one workflow
 * can't both write (I2).
 */
export const attemptWorkflow = DBOS.registerWorkflow(
  async (attemptId: string, brief: Brief): Promise<RoleEnd> => {
    const worked = await DBOS.runStep(() => session(attemptId, brief), { name: 'session' });
    if (worked.kind === 'to_prove')
      await DBOS.runStep(() => prove(attemptId, worked.commit), { name: 'prove' });
    return DBOS.runStep(() => engine().deps.workshop.endOf(attemptId), { name: 'end' });
  },
  { name: 'attempt', maxRecoveryAttempts: 20 },
);

function session(attemptId: string, brief: Brief): Promise<SessionStep> {
  return carried(attemptId, (signal) => engine().deps.workshop.session(attemptId, brief, signal), {
    kind: 'ended',
  });
}

function prove(attemptId: string, commit: string | null): Promise<void> {
  return carried(
    attemptId,
    (signal) => engine().deps.workshop.prove(attemptId, commit, signal),
    undefined,
  );
}

/**
 * Runs a step of an attempt under every signal that may end it. What breaks on our side ends the
 * attempt as an infrastructure failure, so that nothing stays open without a workflow.
 */
async function carried<T>(
  attemptId: string,
  body: (signal: AbortSignal) => Promise<T>,
  ended: T,
): Promise<T> {
  const { deps, running, lease } = engine();
  const attempt = await deps.store.attempts.get(attemptId);
  if (attempt === undefined || attempt.end !== null) return ended;
  const entry = running.enter(attemptId, attempt.runId);
  const cancelled = DBOS.stepStatus?.cancelSignal;
  const signal = AbortSignal.any([entry.signal, lease, ...(cancelled ? [cancelled] : [])]);
  try {
    return await body(signal);
  } catch (error) {
    if (lease.aborted) throw error;
    deps.log(`attempt ${attemptId}: ${messageOf(error)}`);
    await deps.workshop.abandon(attemptId, messageOf(error));
    return ended;
  } finally {
    entry.leave();
  }
}
