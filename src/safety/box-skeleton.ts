import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../domain/errors.ts';

/** The accounts and names a box knows: nobody of this machine. */
const ETC: Readonly<Record<string, string>> = {
  passwd:
    'root:x:0:0:root:/root:/bin/sh\nagent:x:1000:1000:agent:/home/agent:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
  group: 'root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n',
  hosts: '127.0.0.1 localhost sandbox\n::1 localhost\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
};

/** What a skeleton is made of. */
export interface Bones {
  /** Names and the real files they stand for. */
  readonly programs: Readonly<Record<string, string>>;
  /** The filter of system calls; null: none. */
  readonly filter: Buffer | null;
}

/** Name of the filter's file in a skeleton, beside what boxes are shown of it. */
export const FILTER_FILE = 'calls.bpf';

/**
 * Makes, once per content, the folder that every box shares: `etc/` with its accounts and `bin/`
 * with a link for each program, and the filter of system calls. Complete or absent, also when several processes make it at once.
 * @returns Its absolute path.
 */
export async function makeSkeleton(folder: string, bones: Bones): Promise<string> {
  const filter = bones.filter?.toString('hex') ?? null;
  const content = JSON.stringify([ETC, Object.entries(bones.programs).toSorted(byName), filter]);
  const path = join(folder, createHash('sha256').update(content).digest('hex').slice(0, 16));
  if (await exists(path)) return path;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = await mkdtemp(join(folder, 'draft-'));
  await fill(draft, bones);
  await publish(draft, path);
  return path;
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

async function fill(draft: string, { programs, filter }: Bones): Promise<void> {
  if (filter !== null) await writeFile(join(draft, FILTER_FILE), filter);
  await mkdir(join(draft, 'etc'));
  await mkdir(join(draft, 'bin'));
  for (const [name, text] of Object.entries(ETC)) await writeFile(join(draft, 'etc', name), text);
  for (const [name, file] of Object.entries(programs)) {
    const entry = join(draft, 'bin', name);
    if (name.startsWith('python')) await writeFile(entry, passOn(file), { mode: 0o755 });
    else await symlink(file, entry);
  }
}

/** Python takes the folder it was called from for its own, and writes it into environments. */
function passOn(file: string): string {
  return `#!/bin/sh\nexec '${file.replaceAll("'", "'\\''")}' "$@"\n`;
}

async function publish(draft: string, path: string): Promise<void> {
  try {
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
