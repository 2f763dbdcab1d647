import { and, eq, isNull, sql } from 'drizzle-orm';
import type { DeployEnd } from '../../domain/deploy.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type { Run } from '../../domain/run.ts';
import type { DeploymentRows, DeployStart } from '../../work/run-store.ts';
import { commit } from './commit.ts';
import { keysOf, lockGeneration, lockRun } from './run-row.ts';
import * as t from './schema.ts';
import { type Database, transaction, type Tx } from './transaction.ts';

type Beginning = Parameters<DeploymentRows['begin']>[1];

interface Ending {
  readonly attempt: number;
  readonly execution: string;
  readonly end: DeployEnd;
}

const SUPERSEDED: DeployStart = {
  kind: 'ended',
  end: { status: 'aborted', detail: 'the run was opened again' },
};

/** Decisions to deploy on Postgres; see the port for what each promises. */
export function createDeploymentRows({ pool }: Database): DeploymentRows {
  return {
    begin: (run, order) =>
      transaction(pool, async (tx) => {
        const owner = await lockGeneration(tx, run);
        return owner === undefined ? SUPERSEDED : begin(tx, owner, order);
      }),
    end: (run, order, events) =>
      transaction(pool, async (tx) => {
        const owner = await lockRun(tx, run.id);
        if (await keepEnd(tx, owner, order)) await commit(tx, { ...keysOf(owner), events });
      }),
  };
}

/** The run's row is locked: of two executions one is first. */
async function begin(tx: Tx, run: Run, order: Beginning): Promise<DeployStart> {
  const { attempt, execution, again } = order;
  const [found] = await tx.db.select().from(t.deployment).where(isDecision(run, attempt));
  if (found === undefined) return write(tx, run, order);
  if (found.end !== null) return { kind: 'ended', end: found.end };
  if (found.execution === execution) return { kind: 'begun' };
  if (again) return write(tx, run, order);
  return { kind: 'cut_off', commit: found.commit, startedAt: found.startedAt };
}

async function write(tx: Tx, run: Run, order: Beginning): Promise<DeployStart> {
  const { attempt, commit: what, execution } = order;
  const row = { ...keysOf(run), attempt, commit: what, execution };
  await tx.db
    .insert(t.deployment)
    .values(row)
    .onConflictDoUpdate({
      target: [t.deployment.runId, t.deployment.attempt],
      set: { commit: what, execution, startedAt: sql`now()` },
    });
  const events: readonly HarnessEvent[] = [{ type: 'deploy.begun', commit: what }];
  await commit(tx, { ...keysOf(run), events });
  return { kind: 'begun' };
}

async function keepEnd(
  { db }: Tx,
  run: Run,
  { attempt, execution, end }: Ending,
): Promise<boolean> {
  const kept = await db
    .update(t.deployment)
    .set({ end, endedAt: sql`now()` })
    .where(
      and(
        isDecision(run, attempt),
        eq(t.deployment.execution, execution),
        isNull(t.deployment.endedAt),
      ),
    )
    .returning({ attempt: t.deployment.attempt });
  return kept.length > 0;
}

function isDecision(run: Run, attempt: number) {
  return and(eq(t.deployment.runId, run.id), eq(t.deployment.attempt, attempt));
}
