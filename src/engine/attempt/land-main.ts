import { unlandedIn } from '../../domain/landing.ts';
import type { Project } from '../../domain/run.ts';
import type { Hub } from '../../workspaces/hub.ts';
import type { Landing } from '../../workspaces/workspace.ts';
import type { WorkshopDeps } from './deps.ts';
import { untoldMove } from './untold-move.ts';

/** Whose main is to reach its user. */
export interface LandingOrder {
  readonly project: Project;
  readonly hub: Hub;
  readonly runId: string | null;
  /**
   * Reason of the delay that was stored last, by project; null: none is left. The same one is not stored
   * again. Without a project, its events tell: another process may have stored one.
   */
  readonly said?: Map<string, string | null>;
}

/**
 * Brings main into the user's repository where that disturbs nothing; a delay is stored once with
 * its reason and never holds the run.
 */
export async function landMain(
  deps: Pick<WorkshopDeps, 'store' | 'branchOf'>,
  order: LandingOrder,
): Promise<Landing> {
  const { project, hub, runId, said } = order;
  const branch = await deps.branchOf(project);
  const { store } = deps;
  await store.events.append(project.id, runId, await untoldMove({ store, hub }));
  const landing = await hub.land({ directory: project.directory, branch, expectedOld: null });
  if (landing.kind === 'delayed' && said?.get(project.id) !== landing.reason) {
    said?.set(project.id, landing.reason);
    await store.events.append(project.id, runId, [
      { type: 'land.delayed', reason: landing.reason },
    ]);
  }
  const landed = landing.kind === 'landed' ? landing.commit : undefined;
  const commit = landed ?? (await takenIn(store, order, landing));
  if (commit !== undefined) {
    said?.set(project.id, null);
    await store.events.append(project.id, runId, [{ type: 'main.landed', commit }]);
  }
  return landing;
}

/** What of main the person has, where a delay is over that they ended by taking it in. */
async function takenIn(
  store: WorkshopDeps['store'],
  { project, said }: LandingOrder,
  landing: Landing,
): Promise<string | undefined> {
  if (landing.kind !== 'current') return undefined;
  const known = said?.get(project.id);
  const delay = known === undefined ? await storedDelay(store, project) : known;
  if (delay !== null) return landing.commit;
  said?.set(project.id, null);
  return undefined;
}

async function storedDelay(store: WorkshopDeps['store'], { id }: Project): Promise<string | null> {
  const events = await store.events.read(id, { after: 0, limit: 1_000_000 });
  return unlandedIn(events)?.reason ?? null;
}
