/** Longest path that Linux takes, bytes. */
const LONGEST = 4096;

/** C0 and C1, and what reads differently than it is: overrides, zero-width and tag characters. */
const UNREADABLE =
  /[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/u;

/** Why a path may not be spelt like this; null: it may. */
export function spellingFault(path: string): string | null {
  if (path.includes('\0')) return 'A path holds a NUL character.';
  if (UNREADABLE.test(path)) return 'A path holds control or invisible characters.';
  if (!path.isWellFormed() || Buffer.byteLength(path) > LONGEST)
    return 'A path is too long or not valid text.';
  return null;
}

/**
 * One spelling for all names that some file system takes for the same: composed, lower case. Git
 * itself guards `.git` so, wherever it runs.
 */
export function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
