import { HarnessError, hasCode, messageOf } from './errors.ts';

/** What a system makes of a disk with errors, too: nothing is wrong with the work, as on a full one. */
const READ_ONLY = 'EROFS';

/** Whether somebody has to make the disk writable, not to free room on it. */
export function isReadOnly(error: unknown): boolean {
  return hasCode(error, READ_ONLY);
}

/** Of the system, of Postgres (53100), of the embedded server's start, and our own. */
const CODES = ['ENOSPC', 'EDQUOT', READ_ONLY, '53100', 'DATABASE_DISK_FULL', 'DISK_FULL'];

const WORDS = /No space left on device|Disk quota exceeded|\b(?:ENOSPC|EDQUOT)\b|^no space left\b/u;

/** Whether a text of the system or of a program of ours tells of a full disk or quota. */
export function saysDiskFull(text: string): boolean {
  return WORDS.test(text);
}

/** Whether something failed for want of room. Only for errors of our own side: an agent may write any text. */
export function isDiskFull(error: unknown): boolean {
  return CODES.some((code) => hasCode(error, code)) || saysDiskFull(messageOf(error));
}

/** Ends a command with 75: there is nothing wrong but the room, and the same goes on once there is some. */
export function diskFull(shortage: string): HarnessError {
  return new HarnessError('DISK_FULL', shortage, { exit: 75 });
}
