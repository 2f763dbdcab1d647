import { createHash } from 'node:crypto';

/** The integration branch, in the hub. */
export const MAIN = 'refs/heads/main';

/** Begins the last line of a merge's message; the attempt's id follows. */
export const ATTEMPT_TRAILER = 'Harness-Attempt: ';

/** An attempt's id as one safe component of a reference or path, different for different ids. */
export function keyOf(attemptId: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(attemptId)) return attemptId;
  const hash = createHash('sha256').update(attemptId).digest('hex').slice(0, 12);
  return `${attemptId.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 60)}.${hash}`;
}

/** In the hub: the newest commit that the harness itself made main; receiving moves only main. */
export const MOVED = 'refs/harness/moved';

/** In the hub: the blob that holds the newest fence number of an attempt. */
export const fenceRef = (attemptId: string): string => `refs/harness/fence/${keyOf(attemptId)}`;

/** In the hub: the commit by which an attempt's work came to main. */
export const mergedRef = (attemptId: string): string => `refs/harness/merged/${keyOf(attemptId)}`;

/** In the attempts' repository: what an attempt made, as imported from its box. */
export const attemptRef = (attemptId: string): string => `refs/harness/attempt/${keyOf(attemptId)}`;

/** In the attempts' repository: the folder of an attempt's rescues, numbered from 1. */
export const rescueRefs = (attemptId: string): string => `refs/harness/rescue/${keyOf(attemptId)}`;
