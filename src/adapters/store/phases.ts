import { and, eq, sql } from 'drizzle-orm';
import { HarnessError } from '../../domain/errors.ts';
import { PHASES, type PhaseName, type PhaseState } from '../../domain/phase.ts';
import type { PhaseRows, RunKey } from '../../work/run-store.ts';
import { commit } from './commit.ts';
import { lockGeneration } from './run-row.ts';
import * as t from './schema.ts';
import { type Database, transaction, type Tx } from './transaction.ts';

const PHASE = {
  name: t.phase.name,
  status: t.phase.status,
  attempts: t.phase.attempts,
  discarded: t.phase.discarded,
  feedback: t.phase.feedback,
  startedAt: t.phase.startedAt,
  completedAt: t.phase.completedAt,
  error: t.phase.error,
  outputs: t.phase.outputs,
};

type PhaseEnd = Parameters<PhaseRows['end']>[2];

interface PhaseKey {
  readonly runId: string;
  readonly phase: PhaseName;
}

const isPhase = ({ runId, phase }: PhaseKey) =>
  and(eq(t.phase.runId, runId), eq(t.phase.name, phase));

/** Phases on Postgres; see the port for what each promises. */
export function createPhaseRows({ pool, db }: Database): PhaseRows {
  return {
    async list(runId) {
      const rows = await db.select(PHASE).from(t.phase).where(eq(t.phase.runId, runId));
      return rows.toSorted((a, b) => PHASES.indexOf(a.name) - PHASES.indexOf(b.name));
    },
    start: (run, phase, attempt) =>
      transaction(pool, async (tx) => {
        const key = await lockOwner(tx, run, phase);
        if (key !== undefined) await start(tx, key, attempt);
      }),
    discard: (run, phase, what) =>
      transaction(pool, async (tx) => {
        const key = await lockOwner(tx, run, phase);
        if (key !== undefined) await discard(tx, key, what);
      }),
    end: (run, phase, end) =>
      transaction(pool, async (tx) => {
        const key = await lockOwner(tx, run, phase);
        if (key !== undefined) await endPhase(tx, key, end);
      }),
  };
}

/** The phase's key while its run is still in this generation; its row is then locked. */
async function lockOwner(tx: Tx, run: RunKey, phase: PhaseName): Promise<PhaseKey | undefined> {
  const owner = await lockGeneration(tx, run);
  return owner === undefined ? undefined : { runId: owner.id, phase };
}

async function start(tx: Tx, key: PhaseKey, attempt: number): Promise<void> {
  const { projectId, ...state } = await lockPhase(tx, key);
  if (state.status !== 'pending' && state.attempts >= attempt) return;
  await tx.db
    .update(t.phase)
    .set({
      status: 'running',
      attempts: Math.max(state.attempts, attempt),
      startedAt: sql`coalesce(${t.phase.startedAt}, now())`,
      completedAt: null,
      error: null,
    })
    .where(isPhase(key));
  const events = [{ type: 'phase.started', phase: key.phase, attempt }] as const;
  await commit(tx, { projectId, runId: key.runId, events });
}

async function discard(
  tx: Tx,
  key: PhaseKey,
  { attempt, reason }: Parameters<PhaseRows['discard']>[2],
): Promise<void> {
  const { projectId, discarded } = await lockPhase(tx, key);
  if (discarded >= attempt) return;
  await tx.db.update(t.phase).set({ discarded: attempt, feedback: reason }).where(isPhase(key));
  await commit(tx, { projectId, runId: key.runId, events: [] });
}

async function endPhase(tx: Tx, key: PhaseKey, end: PhaseEnd): Promise<void> {
  const { projectId, ...state } = await lockPhase(tx, key);
  if (isSame(state, end)) return;
  const { status, error } = end;
  const over = status === 'completed' || status === 'failed' || status === 'skipped';
  await tx.db
    .update(t.phase)
    .set({
      status,
      error,
      outputs: [...end.outputs],
      completedAt: over ? sql`now()` : null,
      ...(status === 'failed' ? { discarded: state.attempts, feedback: error } : {}),
    })
    .where(isPhase(key));
  const events = [{ type: 'phase.ended', phase: key.phase, status, error }] as const;
  await commit(tx, { projectId, runId: key.runId, events });
}

function isSame(state: PhaseState, end: PhaseEnd): boolean {
  return (
    state.status === end.status &&
    state.error === end.error &&
    state.outputs.join('\n') === end.outputs.join('\n')
  );
}

async function lockPhase({ db }: Tx, key: PhaseKey): Promise<PhaseState & { projectId: string }> {
  const [row] = await db
    .select({ ...PHASE, projectId: t.phase.projectId })
    .from(t.phase)
    .where(isPhase(key))
    .for('no key update');
  if (row !== undefined) return row;
  const message = `Run ${key.runId} has no phase ${key.phase}; \`harness status\` names its phases.`;
  throw new HarnessError('PHASE_UNKNOWN', message, { exit: 2 });
}
