import { and, eq, inArray, or } from 'drizzle-orm';
import type { HarnessEvent } from '../../domain/event.ts';
import type { Run, RunSettings } from '../../domain/run.ts';
import { releaseAttempts, returnUnlucky } from './release-attempts.ts';
import { RUN, unknownRun } from './run-row.ts';
import * as t from './schema.ts';
import type { Tx } from './transaction.ts';

const AGAIN = 'the run was opened again';

/** Turns a locked, ended run into the next generation of itself; returns it and what happened. */
export async function openAgain(
  tx: Tx,
  before: Run,
  settings: Partial<RunSettings>,
): Promise<{ readonly run: Run; readonly events: readonly HarnessEvent[] }> {
  const [run] = await tx.db
    .update(t.run)
    .set({
      status: 'running',
      reason: null,
      control: null,
      endedAt: null,
      generation: before.generation + 1,
      settings: { ...before.settings, ...settings },
    })
    .where(eq(t.run.id, before.id))
    .returning(RUN);
  if (run === undefined) return unknownRun(before.id);
  await openPhases(tx, run, before.status);
  const events: HarnessEvent[] = [
    ...(await releaseAttempts(tx, run, AGAIN)),
    ...(await returnUnlucky(tx, run, AGAIN)),
    { type: 'run.resumed', generation: run.generation },
    { type: 'run.status', status: run.status, reason: run.reason },
  ];
  return { run, events };
}

/**
 * Attempts go on counting, also for a failed phase: their numbers name approvals and sessions. A
 * phase that waits for an approval keeps waiting: what it made is not made again. A run that was complete
 * has got new items.
 */
async function openPhases({ db }: Tx, run: Run, was: Run['status']): Promise<void> {
  const ended = inArray(t.phase.status, ['running', 'failed']);
  const over = and(eq(t.phase.name, 'implement'), eq(t.phase.status, 'completed'));
  await db
    .update(t.phase)
    .set({ status: 'pending', completedAt: null, error: null })
    .where(and(eq(t.phase.runId, run.id), was === 'completed' ? or(ended, over) : ended));
}
