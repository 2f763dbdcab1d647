import { realpath } from 'node:fs/promises';
import type { Snapshot } from '../glance.ts';
import { hasCode } from '../domain/errors.ts';

/** Links resolved; a folder that is gone may still be known. */
export async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return path;
    throw error;
  }
}

/** Said where nothing was named: which project it is then. */
export function chosen(project: { readonly name: string; readonly directory: string }): string {
  return `project ${project.name} in ${project.directory}`;
}

/** The same for one that is known from its snapshot. */
export function chosenOf({ project_name: name, directory }: Snapshot): string {
  return chosen({ name, directory });
}
