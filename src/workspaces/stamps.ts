import { readFile, rename, writeFile } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { hasCode } from '../domain/errors.ts';
import { walk, type Found } from './no-follow.ts';

/**
 * What a clone's files looked like right after its checkout. The kernel sets a file's change time
 * and nobody can set it back, so an equal stamp means an untouched file: it needs no reading.
 */
export interface Stamps {
  /** The commit that was checked out. */
  readonly base: string;
  /** By path as latin1, so that any bytes fit. */
  readonly files: ReadonlyMap<string, string>;
}

/** Changes whenever the file may have changed: an agent can set its times, not all of these. */
export function stampOf({ ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mode, mtimeNs, ctimeNs].map((part) => part.toString(36)).join('.');
}

/** Stamps every file below `root` but git's own. */
export async function takeStamps(root: string, base: string): Promise<Stamps> {
  const files = new Map<string, string>();
  for await (const { path, stats } of walk(root, { enter: isOutsideGit, lost: () => undefined })) {
    files.set(path.toString('latin1'), stampOf(stats));
  }
  return { base, files };
}

function isOutsideGit({ path }: Found): boolean {
  return path.toString('latin1') !== '.git';
}

/** Written whole or not at all. */
export async function writeStamps(path: string, { base, files }: Stamps): Promise<void> {
  const lines = [...files].map(([name, stamp]) => `${stamp} ${name}\0`);
  await writeFile(`${path}.new`, `${base}\0${lines.join('')}`, 'latin1');
  await rename(`${path}.new`, path);
}

/** Undefined when there are none. */
export async function readStamps(path: string): Promise<Stamps | undefined> {
  const text = await readFile(path, 'latin1').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const [base = '', ...lines] = text.split('\0').slice(0, -1);
  const files = lines.map((line): [string, string] => {
    const space = line.indexOf(' ');
    return [line.slice(space + 1), line.slice(0, space)];
  });
  return { base, files: new Map(files) };
}
