import { readdir } from 'node:fs/promises';
import { hasCode } from '../../domain/errors.ts';
import type { Begun, WorkshopDeps } from './deps.ts';

/**
 * Why an issue of demo mode that names no checks of its own is not proved yet: the project's command
 * alone says nothing of it, so the session has to leave a picture of what it built. Null: nothing is
 * missing.
 */
export async function withoutPicture(
  { paths }: Pick<WorkshopDeps, 'paths'>,
  { run, project, item, attempt }: Pick<Begun, 'run' | 'project' | 'item' | 'attempt'>,
): Promise<string | null> {
  if (run.settings.demo === undefined || item === null || item.checks.length > 0) return null;
  const kept = await namesIn(paths.evidenceOf(project, item.key));
  if (kept.some((name) => name.startsWith(`try-${attempt.number}-`))) return null;
  return 'This issue names no checks, so the harness wants a screenshot of what was built, taken in this session with the browser tools. Where there are none, a person has to add a section "Checks" with commands.';
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
