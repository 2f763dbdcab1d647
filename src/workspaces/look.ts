import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { hasCode } from '../domain/errors.ts';

/** What is at a path, symlinks not followed; null when there is nothing. */
export async function lstatOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
