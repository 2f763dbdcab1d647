import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/errors.ts';
import { placeIn } from './place.ts';

/**
 * Words that change whenever a server begins or ends work on the embedded database of this home: it
 * writes its control file before it lets anybody in. Null where none was ever made. A copied or
 * restored database has other words, too.
 */
export async function dataState(home: string): Promise<string | null> {
  try {
    const file = join(placeIn(home).data, 'global', 'pg_control');
    const { ino, mtimeNs } = await stat(file, { bigint: true });
    return `${ino}.${mtimeNs}`;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}
