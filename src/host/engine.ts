import { withMigrationLock } from '../adapters/store/migrate.ts';
import { databaseIsAway } from '../adapters/store/steadily.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { EngineDeps } from '../engine/deps.ts';
import type { HostIdentity } from '../engine/host-identity.ts';
import { newId, type App } from '../open-app.ts';
import { architecture } from '../phases/architecture.ts';
import { deploy } from '../phases/deploy.ts';
import { ideation } from '../phases/ideation.ts';
import { implement } from '../phases/implement.ts';
import { initialize } from '../phases/initialize.ts';
import type { Phase } from '../phases/phase.ts';
import { taskBreakdown } from '../phases/task-breakdown.ts';
import { testing } from '../phases/testing.ts';
import { clock } from './clock.ts';
import type { HostOrder } from './order.ts';
import { shortageIn } from './shortage.ts';

const PHASES: Readonly<Record<PhaseName, Phase>> = {
  ideation,
  architecture,
  task_breakdown: taskBreakdown,
  initialize,
  implement,
  testing,
  deploy,
};

/** Lease of a worker: how long its work waits at most when it dies without a word. */
const LEASE_MS = 30_000;

/** Everything that runs are carried out with here. */
export function engineDeps(
  app: App,
  order: HostOrder,
  { workshop, identity }: Pick<EngineDeps, 'workshop'> & { readonly identity: HostIdentity },
): EngineDeps {
  const { server, store, pool, log } = app;
  return {
    store,
    workshop,
    databaseUrl: server.url,
    pool,
    migrationLock: (body) => withMigrationLock(server.url, () => body()),
    newIdentity: () => ({ ...identity.newIdentity(order.label), labels: order.labels ?? [] }),
    deadHere: (workers) => identity.deadHere(workers),
    mendDatabase: () => app.mend(),
    databaseIsAway,
    steadily: (body) => app.steadily(body),
    shortage: async ({ projectId }) =>
      shortageIn(app, (await store.projects.get(projectId))?.directory ?? null),
    leaseMs: order.leaseMs ?? LEASE_MS,
    clock,
    newId,
    log,
    phases: PHASES,
    trackerOf: (run) => app.trackerOf(run),
    label: order.label,
    labels: order.labels ?? [],
    capacity: order.capacity,
  };
}
