import { isAbsolute, normalize, sep } from 'node:path';
import { HarnessError } from '../domain/errors.ts';

/** Folders of a home that hold many programs' data, and with it their secrets. */
const SHARED = ['.local', '.local/share', '.config', '.cache', '.cargo'];

/**
 * Why this path may not be shown to a box: it is the root, a home folder, a parent of one, or a
 * folder in which programs keep secrets side by side. Undefined: it may.
 */
export function whyTooWide(path: string, home: string): string | undefined {
  const wide = path.replace(/\/+$/u, '') || '/';
  if (wide === '/') return 'it is the root of the file system';
  if (/^\/(?:root|(?:home|Users)(?:\/[^/]+)?)$/u.test(wide)) return 'it is a home folder';
  if (wide === home || home.startsWith(`${wide}/`)) return 'it holds the home folder';
  if (SHARED.some((name) => wide === `${home}/${name}`))
    return 'other programs keep their data there';
  return undefined;
}

/** Refuses a mount that is not an absolute, plain path, or that would replace the whole view. */
export function assertMountable(path: string): void {
  if (isAbsolute(path) && normalize(path) === path && path !== sep && !path.includes('\0')) return;
  throw new HarnessError(
    'BOX_PATH',
    `${JSON.stringify(path)} can't be shown to a box; give an absolute path without "..", other than "/"`,
  );
}

/** Longest path that connect(2) takes, less its closing NUL. */
const SOCKET_PATH_MAX = 107;

/** Refuses a socket whose path the kernel would cut or socat would read as options. */
export function assertSocket(path: string): void {
  assertMountable(path);
  if (Buffer.byteLength(path) <= SOCKET_PATH_MAX && /^[\w./@+-]+$/u.test(path)) return;
  throw new HarnessError(
    'BOX_SOCKET',
    `the socket ${JSON.stringify(path)} can't be used; its path must be under 108 bytes, of letters, digits and ./_@+-`,
  );
}

/**
 * What makes the dynamic loader, the C library or a shell run or read files: bubblewrap and the shell
 * that starts it obey it too.
 */
const LOADER =
  /^(?:LD_|DYLD_|GLIBC_TUNABLES$|GCONV_PATH$|LOCPATH$|NLSPATH$|MALLOC_|BASH_ENV$|BASHOPTS$|SHELLOPTS$|PS4$)/u;

/** Refuses variables that would act on the host, before the box is closed. */
export function assertEnvironment(env: Readonly<Record<string, string>>): void {
  const bad = Object.keys(env).find((name) => LOADER.test(name) || !/^[A-Za-z_]\w*$/u.test(name));
  if (bad === undefined) return;
  throw new HarnessError(
    'BOX_ENV',
    `the variable ${JSON.stringify(bad)} can't enter a box, it would act outside of it; set it inside the command`,
  );
}
