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
export function statOfLocks(stat: Stat, patience: () => { readonly aborted: boolean }): Stat {
  let seen: { readonly at: number; readonly over: { readonly aborted: boolean } } | undefined;
  return (path, done) =>
    stat(path, (error, found) => {
      if (found === undefined) return done(error);
      const at = found.mtime.getTime();
      if (seen?.at !== at) seen = { at, over: patience() };
      return done(error, { mtime: seen.over.aborted ? new Date(0) : found.mtime });
    });
}
