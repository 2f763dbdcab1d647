import type { Evidence } from '../../domain/check.ts';
import { HarnessError } from '../../domain/errors.ts';
import type { HarnessEvent, Subject } from '../../domain/event.ts';
import { storableJson } from './columns.ts';
import * as t from './schema.ts';
import { withoutToldMoves } from './told-moves.ts';
import type { Tx } from './transaction.ts';

/** The channel on which a project's id is announced after each commit. */
export const CHANNEL = 'harness';

/** What happened, to be appended with the change itself. */
export interface Facts {
  readonly projectId: string;
  readonly runId: string | null;
  readonly events: readonly HarnessEvent[];
}

/** Numbers are taken under the row lock of the project's counter, which is held until the commit. */
const APPEND = `
  with s as (update harness.sequence set n = n + $4 where project_id = $1::uuid returning n),
  appended as (
    insert into harness.event (project_id, id, run_id, data, at)
    select $1::uuid, s.n - $4 + x.ord, $2, x.d, clock_timestamp()
    from s, jsonb_array_elements($3::jsonb) with ordinality x(d, ord)
    returning id)
  select count(*)::int as appended, pg_notify('${CHANNEL}', ($1::uuid)::text) from appended`;

/**
 * Appends the events and wakes the readers. The last statement of every transaction that changes
 * state: it holds the one lock all writers of a project share, so nothing may follow it (I11).
 */
export async function commit(tx: Tx, facts: Facts): Promise<void> {
  const { projectId, runId } = facts;
  await keepEvidence(tx, projectId, facts.events);
  const events = await withoutToldMoves(tx, projectId, facts.events);
  const { rows } = await tx.client.query<{ appended: number }>(APPEND, [
    projectId,
    runId,
    storableJson(events),
    events.length,
  ]);
  if (rows[0]?.appended !== events.length) throw unknownProject(projectId);
}

/** `PROJECT_UNKNOWN` (exit 2). */
export function unknownProject(id: string): HarnessError {
  const message = `There is no project ${id}; \`harness projects\` names them.`;
  return new HarnessError('PROJECT_UNKNOWN', message, { exit: 2 });
}

async function keepEvidence(
  { db }: Tx,
  projectId: string,
  events: readonly HarnessEvent[],
): Promise<void> {
  const rows = events.flatMap((event) =>
    event.type === 'checks.run'
      ? event.evidence.map((piece) => ({ projectId, ...ownerOf(event.subject), ...rowOf(piece) }))
      : [],
  );
  if (rows.length > 0) await db.insert(t.evidence).values(rows);
}

const ownerOf = ({ attempt, item }: Subject) => ({ attemptId: attempt, itemKey: item });

const rowOf = (piece: Evidence) => ({ ...piece, durationMs: Math.round(piece.durationMs) });
