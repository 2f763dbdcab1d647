import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode, messageOf } from '../../domain/errors.ts';
import { ENDED } from '../../domain/run.ts';
import { removeTree } from '../../workspaces/no-follow.ts';
import type { Begun, WorkshopDeps } from './deps.ts';

type Deps = Pick<WorkshopDeps, 'paths' | 'store' | 'log'>;

/** A folder of this execution's own: another one of the attempt may not be over yet. */
export function gateName({ attempt, fence }: Pick<Begun, 'attempt' | 'fence'>): string {
  return `${attempt.id}-${fence.number}`;
}

/** Runs `work` on an empty folder of this name, which is gone afterwards; so are those of the dead. */
export async function inGateFolder<T>(
  deps: Deps,
  gate: { readonly projectId: string; readonly name: string },
  work: (directory: string) => Promise<T>,
): Promise<T> {
  await sweepGates(deps, gate.projectId);
  const directory = deps.paths.gateOf(gate.projectId, gate.name);
  await removeGate(directory);
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  try {
    return await work(directory);
  } finally {
    // What was judged is judged; a folder that can't be removed now is swept later.
    await removeGate(directory).catch((error: unknown) =>
      deps.log(`gate ${gate.name}: ${messageOf(error)}`),
    );
  }
}

/** Removes what killed executions left of their gates. `ended`: a run that is at its very end. */
export async function sweepGates(deps: Deps, projectId: string, ended?: string): Promise<void> {
  const names = await namesIn(dirname(deps.paths.gateOf(projectId, 'any')));
  for (const name of names)
    if (await isLeftOver(deps, name, ended)) await removeGate(deps.paths.gateOf(projectId, name));
}

async function isLeftOver(
  { store }: Deps,
  name: string,
  ended: string | undefined,
): Promise<boolean> {
  const { owner = '', last = '' } = /^(?<owner>.+)-(?<last>\w+)$/.exec(name)?.groups ?? {};
  if (owner === ended) return true;
  const attempt = await store.attempts.get(owner);
  if (attempt !== undefined) return attempt.end !== null || attempt.fence > Number(last);
  const run = await store.runs.get(owner);
  return run !== undefined && ENDED.includes(run.status);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Fast for the usual tree; project code may also have taken permissions away from its folders. */
async function removeGate(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true });
  } catch {
    await removeTree(directory);
  }
}
