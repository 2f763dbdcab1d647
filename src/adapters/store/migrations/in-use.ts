import { setTimeout as wait } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { z } from 'zod';
import { HarnessError } from '../../../domain/errors.ts';
import { RUN_STATUSES, ENDED } from '../../../domain/run.ts';
import type { WorkerIdentity } from '../../../work/run-store.ts';

/** Of these workers, those that are known to be gone although their lease still runs. */
export type DeadHere = (workers: readonly WorkerIdentity[]) => Promise<readonly string[]>;

/**
 * Refuses to touch the tables while a run has not ended, a worker lives, or anybody else is connected;
 * `DATABASE_IN_USE` (exit 2), with what to do. Reads only what every version of the tables has. Call
 * it with both tables locked.
 */
export async function refuseInUse(client: ClientBase, deadHere: DeadHere): Promise<void> {
  const runs = await activeRuns(client);
  if (runs.length > 0)
    throw inUse(
      `a run has not ended: ${runs.join(', ')}`,
      'end it with `harness stop --project-dir DIR`',
    );
  const workers = await liveWorkers(client, deadHere);
  if (workers.length > 0) throw inUse(`a worker lives: ${workers.join(', ')}`, 'end it');
  const others = await otherConnections(client);
  if (others > 0)
    throw inUse(
      `${others} more connection${others === 1 ? '' : 's'} of the harness`,
      'end the commands that still look or follow',
    );
}

/** The refusal of a change to tables that somebody may be using. */
export function inUse(why: string, remedy: string, cause?: unknown): HarnessError {
  return new HarnessError(
    'DATABASE_IN_USE',
    `the database can't be taken back (${why}); ${remedy}, then try again`,
    { exit: 2, ...(cause === undefined ? {} : { cause }) },
  );
}

const Runs = z.array(z.object({ id: z.string(), status: z.string(), directory: z.string() }));

async function activeRuns(client: ClientBase): Promise<readonly string[]> {
  const active = RUN_STATUSES.filter((status) => !ENDED.includes(status));
  const { rows } = await client.query(
    `select r.id, r.status, p.directory from harness.run r join harness.project p on p.id = r.project_id
      where r.status = any($1) order by r.created_at`,
    [active],
  );
  return Runs.parse(rows).map((run) => `${run.directory} (${run.status})`);
}

const Workers = z.array(
  z.object({
    executorId: z.string(),
    hostId: z.string(),
    bootId: z.string(),
    pid: z.int(),
    pidStarted: z.string(),
    label: z.string(),
  }),
);

async function liveWorkers(client: ClientBase, deadHere: DeadHere): Promise<readonly string[]> {
  const { rows } = await client.query(
    `select executor_id as "executorId", host_id as "hostId", boot_id as "bootId", pid,
            pid_started as "pidStarted", label
       from harness.worker where state = 'live' and lease_until > now() order by joined_at`,
  );
  const workers = Workers.parse(rows);
  const dead = await deadHere(workers);
  return workers.map(({ executorId }) => executorId).filter((id) => !dead.includes(id));
}

/** Connections of this name wait for the migration lock or hold it: nobody else's work hangs on them. */
export const MIGRATION = 'harness migration';

const Others = z.array(z.object({ n: z.int() })).length(1);

/** A connection that was closed a moment ago gets half a second to go. */
async function otherConnections(client: ClientBase): Promise<number> {
  for (let turn = 0; ; turn += 1) {
    const { rows } = await client.query(
      `select count(*)::int as n from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and backend_type = 'client backend'
          and application_name like 'harness%' and application_name <> $1`,
      [MIGRATION],
    );
    const n = Others.parse(rows)[0]?.n ?? 0;
    if (n === 0 || turn === 10) return n;
    await wait(50);
  }
}
