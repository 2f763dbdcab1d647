import { and, eq, sql } from 'drizzle-orm';
import type { HarnessEvent } from '../../domain/event.ts';
import * as t from './schema.ts';
import type { Queries, Tx } from './transaction.ts';

/** Whether an event tells of main's move to this commit. */
export async function isMoveTold(db: Queries, projectId: string, to: string): Promise<boolean> {
  const [found] = await db
    .select({ id: t.event.id })
    .from(t.event)
    .where(
      and(
        eq(t.event.projectId, projectId),
        // As the index has it.
        sql`${t.event.data}->>'type' = 'main.moved'`,
        sql`(${t.event.data}->>'to') = ${to}`,
      ),
    )
    .limit(1);
  return found !== undefined;
}

/**
 * Leaves out the moves of main that are told already, and the documents that came by them: whoever
 * moves main next tells of the move before, and the one who made it may come late.
 */
export async function withoutToldMoves(
  { db }: Tx,
  projectId: string,
  events: readonly HarnessEvent[],
): Promise<readonly HarnessEvent[]> {
  const moves = events.filter((event) => event.type === 'main.moved');
  if (moves.length === 0) return events;
  // Nobody else appends to this project until the commit.
  await db
    .select({ n: t.sequence.n })
    .from(t.sequence)
    .where(eq(t.sequence.projectId, projectId))
    .for('no key update');
  const told = new Set<string>();
  for (const { to } of moves) if (await isMoveTold(db, projectId, to)) told.add(to);
  return events.filter((event) => !told.has(commitOf(event)));
}

function commitOf(event: HarnessEvent): string {
  if (event.type === 'main.moved') return event.to;
  return event.type === 'document.written' ? event.commit : '';
}
