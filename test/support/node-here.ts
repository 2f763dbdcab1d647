import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** A PATH that begins with a Node of this major; null where this machine has none. */
export async function pathWith(major: number): Promise<string | null> {
  for (const folder of [dirname(process.execPath), '/usr/local/bin', '/usr/bin']) {
    const asked = promisify(execFile)(join(folder, 'node'), ['-p', 'process.versions.node']);
    const node = await asked.catch(() => null);
    if (node?.stdout.startsWith(`${major}.`) === true)
      return `${folder}:/usr/local/bin:/usr/bin:/bin`;
  }
  return null;
}
