import { mkdir, readdir, rm } from 'node:fs/promises';
import type { AttemptEnd } from '../../domain/attempt.ts';
import { hasCode } from '../../domain/errors.ts';
import { rightsOf } from '../../sessions/roles.ts';
import type { Workspace } from '../../workspaces/workspace.ts';
import { LEASE_OVER } from '../lease.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { installEnvironment } from './environment.ts';

/** Where a session works, and whether it had begun before. */
export interface Place {
  readonly workspace: Workspace;
  readonly configDir: string;
  readonly socketDir: string;
  readonly interrupted: boolean;
}

/** A place to work in, or why there is none. */
export type Opened =
  | { readonly place: Place }
  | { readonly workspace: Workspace; readonly end: AttemptEnd };

/**
 * The attempt's clone and folders: those it had when its session goes on, else new ones. Who may run
 * commands gets the project's environment too, or no session: it would be money for nothing.
 */
export async function openPlace(
  deps: WorkshopDeps,
  begun: Begun,
  signal: AbortSignal,
): Promise<Opened> {
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
  if (!interrupted && rightsOf(begun.subject).tools.includes('Bash')) {
    const { path: directory, base: tree } = workspace;
    const installed = await stoppable(deps, attempt.id, () =>
      installEnvironment(deps, { begun, tree, directory, signal }),
    );
    if (hasCode(signal.reason, LEASE_OVER)) throw signal.reason;
    if (!installed.ready) {
      await rm(socketDir, { recursive: true, force: true });
      return { workspace, end: endWithout(installed.reason, signal) };
    }
  }
  return { place: { workspace, configDir, socketDir, interrupted } };
}

/** How soon a graceful stop is noticed where nothing would be lost by it. */
const NOTICE_MS = 500;

/** No session has begun: a graceful stop may end this at any time, and not only when it grows impatient. */
async function stoppable<T>(
  { stepped }: WorkshopDeps,
  attemptId: string,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => stepped(attemptId), NOTICE_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

function endWithout(reason: string, signal: AbortSignal): AttemptEnd {
  return signal.aborted
    ? { status: 'aborted', reason: 'stopped by request' }
    : { status: 'failed', code: 'environment', reason };
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

/** What the item's attempts handed in last, for their successor to look at or merge. */
async function previousWork({ store }: WorkshopDeps, begun: Begun): Promise<string | undefined> {
  const { attempt, run, hub } = begun;
  if (attempt.itemKey === null || attempt.number === 1) return undefined;
  const all = await store.attempts.list(run.id, { itemKey: attempt.itemKey });
  for (const former of all.toSorted((a, b) => b.number - a.number)) {
    const work = former.number < attempt.number ? await hub.workOf(former.id) : undefined;
    if (work !== undefined) return work;
  }
  return undefined;
}
