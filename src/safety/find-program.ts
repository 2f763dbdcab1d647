import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/**
 * First executable regular file of this name on a PATH string, or undefined. Relative and empty
 * entries are skipped: they would mean whatever folder the caller happens to stand in.
 */
export async function findProgram(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(':').filter((entry) => isAbsolute(entry))) {
    const candidate = join(folder, name);
    if (await executable(candidate)) return candidate;
  }
  return undefined;
}

async function executable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
