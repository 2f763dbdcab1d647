import { covers } from '../../safety/fence/protected.ts';
import type { Merge } from '../../workspaces/workspace.ts';
import type { Begun, WorkshopDeps } from './deps.ts';

/** What an agent can't change whatever the configuration says: the judge's side (I4). */
const ALWAYS = [
  'orchestrator.yaml',
  '.env',
  '.env.*',
  'prompts/**',
  '.gitmodules',
  '.claude/**',
  '.claude_settings.json',
  '.mcp.json',
  '.orchestrator_state.json',
  '.linear_project.json',
  '.work_items.json',
  '.harness/**',
];

/** An example holds no secret and configures nothing. */
const NEVER = new Set(['.env.example', '.env.sample', '.env.template']);

/** Files of the merge that only a person may change. */
export async function protectedAmong(
  deps: Pick<WorkshopDeps, 'protectedPaths'>,
  { hub }: { readonly hub: Pick<Begun['hub'], 'changedFiles'> },
  merge: Pick<Extract<Merge, { kind: 'clean' }>, 'base' | 'commit'>,
): Promise<readonly string[]> {
  const changed = await hub.changedFiles(merge.base, merge.commit);
  const globs = [...ALWAYS, ...deps.protectedPaths];
  return changed.filter((path) => !NEVER.has(path) && globs.some((glob) => covers(glob, path)));
}
