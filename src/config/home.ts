import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { HarnessError } from '../domain/errors.ts';

/** Absolute, with `~/` as the person's home. Throws `HOME_UNKNOWN` (exit 2) for that where there is none. */
export function absolute(path: string, folder: string): string {
  const home = path === '~' || path.startsWith('~/');
  return home ? resolve(homeOfPerson(), path.slice(2)) : resolve(folder, path);
}

/** The person's home folder; undefined for a user whom no file names, without HOME. */
export function homeIfKnown(): string | undefined {
  try {
    const home = homedir();
    return home.startsWith('/') ? home : undefined;
  } catch {
    return undefined;
  }
}

function homeOfPerson(): string {
  const home = homeIfKnown();
  if (home !== undefined) return home;
  const user = String(process.getuid?.() ?? '');
  throw new HarnessError(
    'HOME_UNKNOWN',
    `User ${user} has no home folder: HOME is not set, and the system knows none; set HARNESS_HOME to a folder of your own on a local disk`,
    { exit: 2 },
  );
}

/** Where state, hubs, clones and logs live: HARNESS_HOME, else XDG where it is set, else the platform's place. */
export function dataFolder(lookup: (name: string) => string | undefined, cwd: string): string {
  const [own, xdg] = [lookup('HARNESS_HOME') ?? '', lookup('XDG_DATA_HOME') ?? ''];
  if (own !== '') return absolute(own, cwd);
  // The specification wants it absolute.
  if (xdg.startsWith('/')) return join(xdg, 'harness');
  const usual = process.platform === 'darwin' ? 'Library/Application Support' : '.local/share';
  return join(homeOfPerson(), usual, 'harness');
}
