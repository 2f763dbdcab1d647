import type { HarnessEvent } from '../../domain/event.ts';
import type { BoxResult } from '../../safety/box.ts';
import type { Workspace } from '../../workspaces/workspace.ts';
import type { Begun, WorkshopDeps } from './deps.ts';

const BUNDLE_MS = 120_000;

/** Runs one command in a clone, sealed and without any wire: the host never runs project code. */
export function commandBox(
  deps: Pick<WorkshopDeps, 'box'>,
  workspace: Pick<Workspace, 'path' | 'objects'>,
  { command, timeoutMs }: { readonly command: readonly string[]; readonly timeoutMs: number },
): Promise<BoxResult> {
  return deps.box.run({
    command,
    cwd: workspace.path,
    writable: [workspace.path],
    readable: workspace.objects,
    env: {},
    socket: null,
    stdin: 'ignore',
    timeoutMs,
  });
}

interface Leaving {
  readonly workspace: Workspace;
  readonly commit: string | null;
  readonly asItWas?: boolean;
}

/**
 * Makes everything the agent wrote reachable, then removes the clone (I1). `commit` is what was
 * taken over already; `asItWas`, that it is the very commit which the box handed in, beside a bundle
 * of all others. Returns the facts to be stored.
 */
export async function clearAway(
  deps: WorkshopDeps,
  { hub, attempt, subject }: Pick<Begun, 'hub' | 'attempt' | 'subject'>,
  { workspace, commit, asItWas = false }: Leaving,
): Promise<readonly HarnessEvent[]> {
  const rescued = await hub.rescue(workspace, {
    kind: commit === null ? 'unfinished' : 'left over',
    ...(commit === null ? {} : { saved: commit, bundled: asItWas }),
    runInBox: (command) => commandBox(deps, workspace, { command, timeoutMs: BUNDLE_MS }),
  });
  await hub.remove(workspace, rescued ?? commit);
  if (rescued === null) return [];
  const { ref, files, skipped } = rescued;
  deps.log(`attempt ${attempt.id}: ${files} files kept at ${ref}`);
  return [{ type: 'work.rescued', subject, ref, files, skipped }];
}
