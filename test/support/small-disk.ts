import { execFile } from 'node:child_process';
import { mkdtemp, rm, rmdir, statfs } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file system of its own, in memory. */
export interface SmallDisk extends AsyncDisposable {
  readonly folder: string;
  /** Takes all but so many bytes. */
  fill(leave: number): Promise<void>;
  /** Gives back what `fill` took. */
  free(): Promise<void>;
}

/** Options as of mount(8): `size=300m`. A text: why there can be none here. */
export async function aSmallDisk(options: string): Promise<SmallDisk | string> {
  if (userInfo().uid !== 0) return 'only root can mount a small disk';
  const folder = await mkdtemp(join(tmpdir(), 'harness-disk-'));
  const remove = () => rmdir(folder);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  } catch {
    await remove();
    return 'mounting is not allowed here';
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    async fill(leave) {
      const { bavail, bsize } = await statfs(folder);
      const blocks = Math.ceil((bavail * bsize - leave) / bsize);
      // To the last block it can't end well.
      await run('dd', ['if=/dev/zero', `of=${filler}`, `bs=${bsize}`, `count=${blocks}`]).catch(
        (error: unknown) => {
          if (leave > 0) throw error;
        },
      );
    },
    free: () => rm(filler),
    async [Symbol.asyncDispose]() {
      await run('umount', ['--lazy', folder]);
      await remove();
    },
  };
}
