import { join } from 'node:path';
import { HarnessError } from '../domain/errors.ts';
import type { Config } from './config.ts';

/**
 * Where a project of this name lives: the configured directory, which is the project itself, else a
 * folder of that name in the workspace. Throws PROJECT_NAME_INVALID (exit 2) when the name cannot
 * be a folder's.
 */
export function projectDirectoryFor(
  config: Pick<Config, 'projectDirectory' | 'workspacePath'>,
  name: string,
): string {
  if (config.projectDirectory !== null) return config.projectDirectory;
  if (!isFolderName(name))
    throw new HarnessError(
      'PROJECT_NAME_INVALID',
      `${JSON.stringify(name)} cannot name a folder: choose another name or set project.directory`,
      { exit: 2 },
    );
  return join(config.workspacePath, name);
}

/** One visible folder directly inside the workspace, on any system. */
function isFolderName(name: string): boolean {
  return (
    /^[^./\\\s\p{C}](?:[^/\\\p{C}]*[^/\\\s\p{C}])?$/u.test(name) && Buffer.byteLength(name) <= 255
  );
}
