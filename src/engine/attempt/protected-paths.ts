import { matchesGlob } from 'node:path';
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

/**
 * Whether a glob names the path or a folder above it. A protected folder is protected itself too: a
 * link in its place would lead whoever reads it elsewhere.
 */
function covers(glob: string, path: string): boolean {
  const segments = path.split('/');
  const places = segments.map((_, at) => segments.slice(0, at + 1).join('/'));
  const forms = [glob, glob.replace(/\/\*\*$/, '')].map(withoutDots);
  return places.some((place) => forms.some((form) => matchesGlob(withoutDots(place), form)));
}

/** To a glob a leading dot is special, to a protection it must not be. */
function withoutDots(text: string): string {
  return text.replaceAll(/(^|\/)\./g, '$1\u0001');
}
