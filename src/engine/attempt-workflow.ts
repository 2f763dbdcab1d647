import { DBOS } from '@dbos-inc/dbos-sdk';
import { isDiskFull } from '../domain/disk-full.ts';
import { messageOf } from '../domain/errors.ts';
import type { RoleEnd } from '../phases/phase.ts';
import { engine, type Brief, type SessionStep } from './deps.ts';
import { noteFull } from './room.ts';
import { launcherIsGone, step } from './step.ts';

/**
 * One attempt: its session and the proof of its work. Short, never retried by the engine:
 * another try is another attempt. Each step takes its own fence, so two executions of one workflow
 * can't both write (I2).
 */
export const attemptWorkflow = DBOS.registerWorkflow(
  async (attemptId: string, brief: Brief): Promise<RoleEnd> => {
    const worked = await step('session', () => session(attemptId, brief));
    if (worked.kind === 'to_prove') await step('prove', () => prove(attemptId, worked.commit));
    return step('end', () => engine().deps.workshop.endOf(attemptId));
  },
  { name: 'attempt', maxRecoveryAttempts: 20 },
);

function session(attemptId: string, brief: Brief): Promise<SessionStep> {
  return carried<SessionStep>(attemptId, {
    agent: true,
    body: (signal) => engine().deps.workshop.session(attemptId, brief, signal),
    ended: { kind: 'ended' },
  });
}

function prove(attemptId: string, commit: string | null): Promise<void> {
  return carried<void>(attemptId, {
    agent: false,
    body: (signal) => engine().deps.workshop.prove(attemptId, commit, signal),
    ended: undefined,
  });
}

interface Carried<T> {
  readonly agent: boolean;
  readonly body: (signal: AbortSignal) => Promise<T>;
  /** What the step gives when the attempt has ended. */
  readonly ended: T;
}

/**
 * Runs a step of an attempt under every signal that may end it. What breaks on our side ends the
 * attempt as an infrastructure failure, so that nothing stays open without a workflow.
 */
async function carried<T>(attemptId: string, { agent, body, ended }: Carried<T>): Promise<T> {
  const { deps, running, lease } = engine();
  const attempt = await deps.store.attempts.get(attemptId);
  if (attempt === undefined || attempt.end !== null) return ended;
  const entry = running.enter(attemptId, attempt.runId, { agent });
  const cancelled = DBOS.stepStatus?.cancelSignal;
  const signal = AbortSignal.any([entry.signal, lease, ...(cancelled ? [cancelled] : [])]);
  try {
    return await body(signal);
  } catch (error) {
    // None is the attempt's end: it is carried on here or by the worker that takes over.
    if (lease.aborted || deps.databaseIsAway(error) || launcherIsGone(error)) throw error;
    deps.log(`attempt ${attemptId}: ${messageOf(error)}`);
    if (isDiskFull(error)) noteFull(engine(), error);
    await deps.workshop.abandon(attemptId, messageOf(error));
    return ended;
  } finally {
    entry.leave();
  }
}
