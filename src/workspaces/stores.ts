import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../domain/errors.ts';
import { createQueue, type Queue } from './exclusive.ts';
import { createFacts, type Facts } from './facts.ts';
import type { Git } from './git.ts';
import { lstatOrNull } from './look.ts';
import { keyOf, MAIN } from './names.ts';
import { removeTree } from './no-follow.ts';

/** The folders of one project's git data, and the git to use on them. */
export interface Stores {
  readonly git: Git;
  /** Bare repository with the integration branch; boxes read its objects. */
  readonly hub: string;
  /** Bare repository of attempts and rescues, borrowing the hub's objects; no box sees it. */
  readonly attempts: string;
  readonly clones: string;
  /** Private indexes, packs on their way, folders being removed: worthless after a crash. */
  readonly scratch: string;
  readonly locks: string;
  /** Calls of this process that wait for the same lock. */
  readonly queue: Queue;
  readonly facts: Facts;
  /** What git writes into the configuration of a new repository on this disk, once it is known. */
  readonly settings: { known?: string };
}

/** Everything as the tree has it: no line ends, keywords, encodings or filters are applied. */
const RAW_ATTRIBUTES = '* -text !eol -ident !filter !working-tree-encoding !merge\n';

/** A bare repository of the oldest format. A prune would take objects from the clones that borrow. */
const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
[gc]
	auto = 0
[maintenance]
	auto = false
`;

/** Opens the folders of a project, creating what is missing. Two processes may do so at once. */
export async function openStores(order: {
  readonly home: string;
  readonly projectId: string;
  readonly git: Git;
}): Promise<Stores> {
  const root = join(order.home, 'projects', keyOf(order.projectId));
  const stores: Stores = {
    git: order.git,
    hub: join(root, 'hub.git'),
    attempts: join(root, 'attempts.git'),
    clones: join(root, 'clones'),
    scratch: join(root, 'scratch'),
    locks: join(root, 'locks'),
    queue: createQueue(),
    facts: createFacts(),
    settings: {},
  };
  for (const folder of [stores.clones, stores.scratch, stores.locks]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  await sweep(stores);
  await createBare(stores, stores.hub, {});
  await createBare(stores, stores.attempts, {
    'objects/info/alternates': '../../hub.git/objects\n',
    'info/attributes': RAW_ATTRIBUTES,
  });
  return stores;
}

/** A private folder below scratch for as long as `work` takes. */
export async function withScratch<T>(
  stores: Stores,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(stores.scratch, 'work-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** No work in scratch takes a day; older folders are what a crash left. Time is the disk's own. */
const WORTHLESS_MS = 24 * 60 * 60 * 1000;

async function sweep(stores: Stores): Promise<void> {
  await withScratch(stores, async (folder) => {
    const now = (await stat(folder)).mtimeMs;
    for (const name of await readdir(stores.scratch)) {
      const path = join(stores.scratch, name);
      const stats = await lstatOrNull(path);
      if (stats !== null && now - stats.mtimeMs > WORTHLESS_MS) await removeTree(path);
    }
  });
}

/** Built aside and moved into place whole: nobody ever sees half a repository. */
async function createBare(
  stores: Stores,
  path: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  if ((await lstatOrNull(path)) !== null) return;
  await withScratch(stores, async (folder) => {
    const gitDir = join(folder, 'repository.git');
    for (const part of ['info', 'objects/info', 'objects/pack', 'refs/heads']) {
      await mkdir(join(gitDir, part), { recursive: true });
    }
    await writeFile(join(gitDir, 'HEAD'), `ref: ${MAIN}\n`);
    await writeFile(join(gitDir, 'config'), CONFIG);
    for (const [name, text] of Object.entries(files)) await writeFile(join(gitDir, name), text);
    await moveUnlessThere(gitDir, path);
  });
}

async function moveUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  }
}
