import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Box, BoxOrder, BoxResult } from '../../src/safety/box.ts';
import type { BoxLimits } from '../../src/domain/box-limits.ts';
import { openBox } from '../../src/safety/open-box.ts';
import { findToolchains } from '../../src/safety/toolchains.ts';

export const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

/** Why tests of the sealed box can't run on this machine; undefined: they can. */
export const unsealable = ['bwrap', 'socat'].find(
  (program) => !SYSTEM_PATH.split(':').some((folder) => existsSync(join(folder, program))),
);

export interface Place extends AsyncDisposable {
  readonly box: Box;
  /** Scratch folder that orders may name. */
  readonly root: string;
  /** The folder that `run` and `order` make writable. */
  readonly work: string;
  order(script: string, more?: Partial<BoxOrder>): BoxOrder;
  run(script: string, more?: Partial<BoxOrder & { timeoutMs: number }>): Promise<BoxResult>;
}

/** A box with its own folders below the temp folder, removed at the end. */
export async function aBox(
  driver: 'bwrap' | 'none' = 'bwrap',
  limits: Partial<BoxLimits> = {},
): Promise<Place> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'box-')));
  const work = join(root, 'work');
  await mkdir(work);
  const home = homedir();
  const toolchains = await findToolchains({ path: SYSTEM_PATH, home, node: process.execPath });
  const settings = { driver, folder: join(root, 'shared'), toolchains, read: [], home };
  const box = await openBox({
    ...settings,
    limits,
    path: SYSTEM_PATH,
    now: () => performance.now(),
  });
  const order = (script: string, more: Partial<BoxOrder> = {}): BoxOrder => ({
    command: ['sh', '-c', script],
    cwd: work,
    writable: [work],
    readable: [],
    env: {},
    socket: null,
    stdin: 'ignore',
    ...more,
  });
  return {
    box,
    root,
    work,
    order,
    run: async (script, more = {}) =>
      box.run({ ...order(script, more), timeoutMs: more.timeoutMs ?? 20_000 }),
    [Symbol.asyncDispose]: async () => rm(root, { recursive: true, force: true }),
  };
}
