import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../domain/errors.ts';
import { invalidConfig } from './problem.ts';

/** Far above any hand-written file; bounds what a hostile one can cost. */
const MAX_BYTES = 1_000_000;

/**
 * A whole text file; undefined when it does not exist. Throws CONFIG_INVALID when it cannot be
 * read, is no regular file, is over 1 MB or is not UTF-8.
 */
export function readText(path: string, name: string): string | undefined {
  const bytes = readBytes(path, name);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(name, 'is not UTF-8 text');
  }
}

function readBytes(path: string, name: string): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unreadable(name, `cannot be read (${messageOf(error)})`);
  }
  try {
    const { size } = regular(file, name);
    if (size > MAX_BYTES) throw unreadable(name, 'is larger than 1 MB');
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readSync(file, bytes, 0, size, 0));
  } finally {
    closeSync(file);
  }
}

function regular(file: number, name: string): { readonly size: number } {
  const found = fstatSync(file);
  if (!found.isFile()) throw unreadable(name, 'is not a regular file');
  return found;
}

function unreadable(name: string, what: string): Error {
  return invalidConfig([{ place: null, what: `${name}: ${what}` }]);
}
