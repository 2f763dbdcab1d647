/*
 * What is used of the library, said by ourselves: the types made for it take anything for `fs`, also a
 * `stat` that is no function, with which a lock is waited for without end.
 */
declare module 'proper-lockfile' {
  type Done = (error: Error | null) => void;

  /** What it calls of a file system, where links are not resolved. */
  interface LockFileSystem {
    mkdir(path: string, done: Done): void;
    rmdir(path: string, done: Done): void;
    rmdirSync(path: string): void;
    utimes(path: string, atime: Date, mtime: Date, done: Done): void;
    stat(path: string, done: (error: Error | null, found?: { readonly mtime: Date }) => void): void;
  }

  interface LockOptions {
    /** Whether links are resolved first; said each time, for the library does so unless told. */
    readonly realpath: boolean;
    /** In ms, at least 2000. */
    readonly stale: number;
    /** In ms, at least 1000. Absent: half of `stale`. */
    readonly update?: number;
    readonly retries?:
      | number
      | {
          readonly retries: number;
          readonly factor?: number;
          readonly minTimeout: number;
          readonly maxTimeout: number;
          readonly randomize?: boolean;
        };
    /** Absent: beside the file, with `.lock` after its name. */
    readonly lockfilePath?: string;
    readonly fs?: LockFileSystem;
    /** Absent: it throws where nobody catches. */
    readonly onCompromised?: (error: Error) => void;
  }

  /** Gives what lets go of the lock. Throws an error of the code `ELOCKED` when another holds it. */
  export function lock(file: string, options: LockOptions): Promise<() => Promise<void>>;
}
