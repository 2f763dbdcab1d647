import { mkdir, readdir, rm } from 'node:fs/promises';
import { hasCode } from '../../domain/errors.ts';
import type { Workspace } from '../../workspaces/workspace.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { installEnvironment } from './environment.ts';

/** Where a session works, and whether it had begun before. */
export interface Place {
  readonly workspace: Workspace;
  readonly configDir: string;
  readonly socketDir: string;
  readonly interrupted: boolean;
}

/** The attempt's clone and folders: those it had when its session goes on, else new ones. */
export async function openPlace(deps: WorkshopDeps, begun: Begun): Promise<Place> {
  const { attempt, project, hub } = begun;
  const configDir = deps.paths.configOf(project.id, attempt.id);
  const socketDir = deps.paths.socketOf(attempt.id);
  await rm(socketDir, { recursive: true, force: true });
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  const interrupted = await canGoOn(configDir, begun);
  // The CLI refuses a second session of one id, and what it remembers is of a clone that is gone.
  if (!interrupted) await rm(configDir, { recursive: true, force: true });
  await mkdir(configDir, { recursive: true, mode: 0o700 });
  const previous = await previousWork(deps, begun);
  const workspace = await hub.open(attempt.id, {
    fresh: !interrupted,
    ...(previous === undefined ? {} : { previous }),
  });
  if (!interrupted) {
    const { path: directory, base: tree } = workspace;
    const installed = await installEnvironment(deps, { begun, tree, directory });
    if (!installed.ready) deps.log(`attempt ${attempt.id}: ${installed.reason}`);
  }
  return { workspace, configDir, socketDir, interrupted };
}

/** A session goes on only with both halves of it: what it remembers and the clone it worked in. */
async function canGoOn(configDir: string, { attempt, hub }: Begun): Promise<boolean> {
  if ((await hub.existing(attempt.id)) === undefined) return false;
  return hasBegun(configDir, attempt.sessionId);
}

/** Whether the CLI wrote a transcript of this session: then it can go on with it. */
async function hasBegun(configDir: string, sessionId: string): Promise<boolean> {
  try {
    const names = await readdir(configDir, { recursive: true });
    return names.some((name) => name.endsWith(`${sessionId}.jsonl`));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** The commit of the item's last attempt, for its successor to look at or merge. */
async function previousWork({ store }: WorkshopDeps, begun: Begun): Promise<string | undefined> {
  const { attempt, run, hub } = begun;
  if (attempt.itemKey === null || attempt.number === 1) return undefined;
  const all = await store.attempts.list(run.id, { itemKey: attempt.itemKey });
  const former = all.find((one) => one.number === attempt.number - 1);
  return former && (await hub.workOf(former.id));
}
