import { userInfo } from 'node:os';

/** Who answers and edits here, for the records; containers run as numbers that no file names. */
export function person(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
