import { eq, sql } from 'drizzle-orm';
import { HarnessError } from '../../domain/errors.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import { ENDED, type Run, type RunStatus } from '../../domain/run.ts';
import type { RunKey } from '../../work/run-store.ts';
import * as t from './schema.ts';
import type { Queries, Tx } from './transaction.ts';

/** The columns that make a Run. */
export const RUN = {
  id: t.run.id,
  projectId: t.run.projectId,
  idea: t.run.idea,
  status: t.run.status,
  control: t.run.control,
  generation: t.run.generation,
  settings: t.run.settings,
  reason: t.run.reason,
  projectCheck: t.run.projectCheck,
  createdAt: t.run.createdAt,
  endedAt: t.run.endedAt,
};

/** The run of this id. */
export async function findRun(db: Queries, id: string): Promise<Run | undefined> {
  const [run] = await db.select(RUN).from(t.run).where(eq(t.run.id, id));
  return run;
}

/** Its row, locked until the end of the transaction; throws `RUN_UNKNOWN` (exit 2). */
export async function lockRun({ db }: Tx, id: string): Promise<Run> {
  const [run] = await db.select(RUN).from(t.run).where(eq(t.run.id, id)).for('no key update');
  return run ?? unknownRun(id);
}

/** As `lockRun`; undefined when the run has been opened again since the caller saw it. */
export async function lockGeneration(tx: Tx, key: RunKey): Promise<Run | undefined> {
  const run = await lockRun(tx, key.id);
  return run.generation === key.generation ? run : undefined;
}

/** Changes a locked run and says so in an event; no event when nothing changes. */
export async function moveRun(
  { db }: Tx,
  run: Run,
  to: { readonly status: RunStatus; readonly reason: string | null },
): Promise<readonly HarnessEvent[]> {
  if (run.status === to.status && run.reason === to.reason) return [];
  const endedAt = ENDED.includes(to.status) ? sql`now()` : null;
  await db
    .update(t.run)
    .set({ ...to, endedAt })
    .where(eq(t.run.id, run.id));
  return [{ type: 'run.status', ...to }];
}

/** Whose rows and events these are. */
export function keysOf(run: Run): { readonly projectId: string; readonly runId: string } {
  return { projectId: run.projectId, runId: run.id };
}

/** Throws `RUN_UNKNOWN` (exit 2). */
export function unknownRun(id: string): never {
  throw new HarnessError('RUN_UNKNOWN', `There is no run ${id}; \`harness status\` names them.`, {
    exit: 2,
  });
}
