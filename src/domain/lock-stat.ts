/** Looks up when something was touched last, as `stat` of the file system does. */
export type Stat = (
  path: string,
  done: (error: Error | null, found?: { readonly mtime: Date }) => void,
) => void;

/**
 * For locks whose holder touches them again and again, and which are nobody's once they are too old: one that is
 * as it was when `patience`, begun at the first look, is over is as old as can be. Otherwise the clock alone would
 * tell, and one that is set back by an hour keeps the lock of a process that was killed for an hour.
 */
export function statOfLocks(
  stat: Stat,
  patience: () => { readonly aborted: boolean },
): {
  readonly stat: Stat;
  /** The lock is ours: from now on the truth is told, by which a holder that slept knows its own again. */
  readonly held: () => void;
} {
  let held = false;
  let seen: { readonly at: number; readonly over: { readonly aborted: boolean } } | undefined;
  return {
    stat: (path, done) =>
      stat(path, (error, found) => {
        if (held || found === undefined) return done(error, found);
        const at = found.mtime.getTime();
        if (seen?.at !== at) seen = { at, over: patience() };
        return done(error, { mtime: seen.over.aborted ? new Date(0) : found.mtime });
      }),
    held: () => {
      held = true;
    },
  };
}
