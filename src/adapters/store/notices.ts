import { and, asc, eq, gt, notExists, sql } from 'drizzle-orm';
import type { NoticeRows } from '../../work/run-store.ts';
import { STORED_EVENT } from './events.ts';
import * as t from './schema.ts';
import type { Database } from './transaction.ts';

/** Who was told what on Postgres; see the port for what each promises. */
export function createNoticeRows({ db }: Database): NoticeRows {
  return {
    async due({ label, notifier, withinMs }) {
      const begun = db
        .select({ one: sql`1` })
        .from(t.notice)
        .where(
          and(
            eq(t.notice.projectId, t.event.projectId),
            eq(t.notice.eventId, t.event.id),
            eq(t.notice.notifier, notifier),
          ),
        );
      return db
        .select(STORED_EVENT)
        .from(t.event)
        .innerJoin(t.run, eq(t.run.id, t.event.runId))
        .where(
          and(
            sql`${t.event.data}->>'type' in ('run.status', 'approval.asked')`,
            sql`${t.run.settings}->>'label' = ${label}`,
            sql`${t.run.settings}->'notifiers' @> ${JSON.stringify([notifier])}::jsonb`,
            gt(t.event.at, sql`now() - ${withinMs} * interval '1 millisecond'`),
            notExists(begun),
          ),
        )
        .orderBy(asc(t.event.at), asc(t.event.id));
    },
    async begin({ projectId, id }, notifier) {
      const begun = await db
        .insert(t.notice)
        .values({ projectId, eventId: id, notifier })
        .onConflictDoNothing()
        .returning({ id: t.notice.eventId });
      return begun.length > 0;
    },
  };
}
