import { lstat, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Entries } from './facts.ts';
import type { Pin } from './git.ts';
import { lstatOrNull } from './look.ts';

/** What the harness does not handle (yet), each found by itself. */
export type Feature =
  | 'submodules'
  | 'lfs'
  | 'sparse checkout'
  | 'shallow history'
  | 'partial clone'
  | 'SHA-256 objects'
  | 'foreign owner';

/** What is known of a user's repository; its newest commit's files may be had from elsewhere. */
export interface Known {
  readonly directory: string;
  readonly gitDir: string;
  readonly config: readonly Pin[];
  readonly files: Entries;
  readonly blob: (name: string) => Promise<string>;
}

/** What this repository uses that the harness can't follow; empty: nothing. */
export async function featuresOf(known: Known): Promise<Feature[]> {
  const { directory, gitDir, config } = known;
  const common = await commonFolder(gitDir);
  const sparse = config.findLast(([key]) => key === 'core.sparsecheckout')?.[1];
  const found: [Feature, boolean][] = [
    ['submodules', await hasSubmodules(known)],
    ['lfs', await usesLfs(known, join(common, 'info', 'attributes'))],
    ['sparse checkout', sparse !== undefined && !/^(false|no|off|0)$/i.test(sparse)],
    ['shallow history', (await lstatOrNull(join(common, 'shallow'))) !== null],
    ['partial clone', config.some(([key]) => key.endsWith('.promisor'))],
    ['SHA-256 objects', config.some((pin) => pin.join() === 'extensions.objectformat,sha256')],
    ['foreign owner', (await lstat(directory)).uid !== process.getuid?.()],
  ];
  return found.filter(([, present]) => present).map(([feature]) => feature);
}

/** What linked work trees share: where `commondir` leads, relative to the folder it lies in. */
async function commonFolder(gitDir: string): Promise<string> {
  const named = await textOf(join(gitDir, 'commondir'));
  return named === '' ? gitDir : resolve(gitDir, named.trimEnd());
}

async function hasSubmodules({ directory, files }: Known): Promise<boolean> {
  for (const { mode } of files.values()) if (mode === '160000') return true;
  return (await lstatOrNull(join(directory, '.gitmodules'))) !== null;
}

async function usesLfs({ directory, files, blob }: Known, attributes: string): Promise<boolean> {
  const committed = [...files].filter(([path]) => /(^|\/)\.gitattributes$/.test(path));
  const texts = [
    await textOf(join(directory, '.gitattributes')),
    await textOf(attributes),
    ...(await Promise.all(committed.map(([, entry]) => blob(entry.blob)))),
  ];
  return texts.some((text) => /^[^#\n]*\sfilter=lfs(\s|$)/m.test(text));
}

async function textOf(path: string): Promise<string> {
  const stats = await lstatOrNull(path);
  return stats?.isFile() === true ? readFile(path, 'utf8') : '';
}
