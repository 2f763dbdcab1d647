import { access, constants, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute } from 'node:path';
import { whyTooWide } from './box-paths.ts';
import { findProgram } from './find-program.ts';

/** A browser that can be started in a box. */
export interface Browser {
  /** The program itself, no script that starts it. */
  readonly program: string;
  /** Folder to be shown so that it works; null: it lies in the system's own. */
  readonly mount: string | null;
}

export type BrowserSearch =
  | { readonly found: Browser }
  /** Why there is none, in words. */
  | { readonly missing: string };

interface BrowserQuery {
  /** What the user named by a variable; null: nothing. */
  readonly named: string | null;
  /** The user's PATH. */
  readonly path: string;
  readonly home: string;
}

/**
 * Where packages of Chromium and Chrome put the program itself. What is on PATH is often a script that
 * reads folders of /etc which no box shows.
 */
const PLACES = [
  '/usr/lib/chromium/chromium',
  '/usr/lib64/chromium-browser/chromium-browser',
  '/usr/lib64/chromium/chromium',
  '/usr/lib/chromium-browser/chromium-browser',
  '/opt/google/chrome/chrome',
  '/opt/chromium.org/chromium/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

/** Finds the system's Chromium or Chrome, or the one that the user named. */
export async function findBrowser({ named, path, home }: BrowserQuery): Promise<BrowserSearch> {
  if (named !== null) {
    if (isAbsolute(named) && (await runs(named))) return asFound(named, home);
    return { missing: `${named}, which CHROME_PATH names, is no program` };
  }
  for (const place of PLACES) if (await runs(place)) return asFound(place, home);
  for (const name of NAMES) {
    const program = await findProgram(name, path);
    if (program !== undefined) return asFound(program, home);
  }
  return { missing: 'no Chromium or Chrome is installed' };
}

async function asFound(place: string, home: string): Promise<BrowserSearch> {
  const program = await realpath(place);
  if (basename(program) === 'snap')
    return { missing: `${place} is a snap, which starts in no box` };
  if (program.startsWith('/usr/')) return { found: { program, mount: null } };
  const mount = dirname(program);
  const reason = whyTooWide(mount, home);
  return reason === undefined
    ? { found: { program, mount } }
    : { missing: `${mount} would have to be shown to agents, but ${reason}` };
}

async function runs(program: string): Promise<boolean> {
  return access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
}
