import type { Pool } from 'pg';
import type { RunStore } from '../../work/run-store.ts';
import { createApprovalRows } from './approvals.ts';
import { createAttemptRows } from './attempts.ts';
import { createDeploymentRows } from './deployments.ts';
import { createEventRows } from './events.ts';
import { createItemRows } from './items.ts';
import { createListener } from './listener.ts';
import { createNoticeRows } from './notices.ts';
import { createOutboxRows } from './outbox.ts';
import { createPhaseRows } from './phases.ts';
import { createProjectStore } from './projects.ts';
import { createRequestRows } from './requests.ts';
import { createReservationRows } from './reservations.ts';
import { createRunRows } from './runs.ts';
import { type Database, queriesOn } from './transaction.ts';
import { createUsageRows } from './usage.ts';
import { createWorkerRows } from './workers.ts';

/**
 * The store on a migrated database. The pool stays the caller's; closing the store only stops
 * listening, which holds one of the pool's connections while anybody uses `onCommit`.
 */
export function openStore({ pool }: { readonly pool: Pool }): RunStore {
  const database: Database = { pool, db: queriesOn(pool) };
  const listener = createListener(pool);
  return Object.freeze({
    projects: createProjectStore(database),
    runs: createRunRows(database),
    phases: createPhaseRows(database),
    items: createItemRows(database),
    attempts: createAttemptRows(database),
    approvals: createApprovalRows(database),
    events: createEventRows(database, listener),
    usage: createUsageRows(database),
    reservations: createReservationRows(database),
    workers: createWorkerRows(database),
    outbox: createOutboxRows(database),
    deployments: createDeploymentRows(database),
    requests: createRequestRows(database),
    notices: createNoticeRows(database),
    close: () => listener.close(),
  });
}
