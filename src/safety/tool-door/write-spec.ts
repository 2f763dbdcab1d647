import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DoorSpec } from './spec.ts';

/**
 * Writes what the program of the door is told into a folder that the box can only read, and gives the
 * file's path. Not by arguments or variables: those of a process can be seen by others.
 */
export async function writeSpec(folder: string, spec: DoorSpec): Promise<string> {
  const file = join(folder, `${spec.name}.json`);
  await writeFile(file, JSON.stringify(spec), { mode: 0o600 });
  return file;
}
