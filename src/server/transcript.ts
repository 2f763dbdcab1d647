import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../domain/errors.ts';

/** Bytes of a transcript that one answer looks at. */
const PAGE_BYTES = 1_000_000;

/** A pipe in its place must not be waited for. */
const WAYS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What is no file of ours holds no lines. */
const NOTHING = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO', 'EACCES', 'ESPIPE'];

export interface TranscriptPage {
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Bytes read so far, whole lines only. */
  readonly next: number;
}

/**
 * Whole lines from byte `after`; none where there is no file yet. `session` is the id of a session
 * that the store knows, never a path of somebody's. Follows no link.
 */
export async function readTranscript(
  directory: string,
  session: string,
  after: number,
): Promise<TranscriptPage> {
  const path = join(directory, '.harness', 'transcripts', `${session}.jsonl`);
  const bytes = await bytesFrom(path, after);
  const end = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').flatMap(parsed);
  return { lines, next: after + end };
}

async function bytesFrom(path: string, after: number): Promise<Buffer> {
  try {
    await using file = await open(path, WAYS);
    const bytes = Buffer.alloc(PAGE_BYTES);
    const { bytesRead } = await file.read(bytes, 0, PAGE_BYTES, after);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    if (NOTHING.some((code) => hasCode(error, code))) return Buffer.alloc(0);
    throw error;
  }
}

function parsed(line: string): Record<string, unknown>[] {
  if (line === '') return [];
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [{ ...value }] : [];
  } catch {
    return [];
  }
}
