import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../domain/errors.ts';
import type { Template } from './fill.ts';

/** Finds a template by its name without `.md`: `ideation/brainstorm_user`. */
export type FindTemplate = (name: string) => Promise<Template>;

/**
 * Looks through the folders in order, so a project's own file wins over the shipped one. Read anew
 * each time: an edit counts from the next session on. Throws `PROMPT_MISSING` (exit 2).
 */
export function templatesIn(folders: readonly string[]): FindTemplate {
  return async (name) => {
    for (const folder of folders) {
      const path = join(folder, `${name}.md`);
      const text = await readIfThere(path);
      if (text !== undefined) return { name, path, text };
    }
    throw new HarnessError(
      'PROMPT_MISSING',
      `No prompt file ${name}.md in ${folders.join(' or ')}; restore it from the package`,
      { exit: 2 },
    );
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
