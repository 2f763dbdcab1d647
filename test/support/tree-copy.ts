import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

/** Copies what git knows of this tree, changes included, into a folder that may be there. */
export async function copyTree(to: string): Promise<void> {
  const told = await listed('--cached', '--others', '--exclude-standard', '--deduplicate');
  const gone = new Set(await listed('--deleted'));
  for (const name of told.filter((one) => !gone.has(one))) {
    await mkdir(dirname(join(to, name)), { recursive: true });
    await cp(join(ROOT, name), join(to, name), { verbatimSymlinks: true });
  }
}

async function listed(...which: readonly string[]): Promise<readonly string[]> {
  const given = { cwd: ROOT, maxBuffer: 1 << 24 };
  const { stdout } = await promisify(execFile)('git', ['ls-files', '-z', ...which], given);
  return stdout.split('\0').filter((name) => name !== '');
}
