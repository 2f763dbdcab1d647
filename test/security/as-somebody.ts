import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SYSTEM_PATH, unsealable } from '../safety/a-box.ts';

export type Who = 'root' | 'user';

export const BOTH = ['root', 'user'] as const;

/** Has no account, as in a container. */
const UID = 54_321;

const isRoot = process.getuid?.() === 0;

/** Words that start a program as somebody; undefined: this process can't. */
function wordsFor(who: Who): readonly string[] | undefined {
  if (!isRoot) return who === 'user' ? [] : undefined;
  const drop = ['setpriv', `--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', '--'];
  return who === 'root' ? [] : drop;
}

/** Why somebody can't carry out this program in a box here; undefined: it can. */
export async function whyNot(who: Who, program: string): Promise<string | undefined> {
  if (unsealable !== undefined) return `there is no ${unsealable}`;
  const words = wordsFor(who);
  if (words === undefined) return 'this is not root';
  const [first, ...rest] = [...words, process.execPath, '--check', program] as const;
  return promisify(execFile)(first, rest).then(
    () => undefined,
    () => 'another user cannot read this checkout',
  );
}

export interface Errand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Words before the program, which is in a folder of its own. */
  readonly inside?: (folder: string) => readonly string[];
}

/** Runs a program of the tests as somebody, in a home of its own, and gives what it printed. */
export async function outputAs(who: Who, errand: Errand): Promise<string> {
  const { program, args, env, inside = () => [] } = errand;
  const folder = await mkdtemp(join(tmpdir(), 'somebody-'));
  try {
    const home = join(folder, 'home');
    await mkdir(home);
    if (isRoot && who === 'user') for (const own of [folder, home]) await chown(own, UID, UID);
    const run = [...inside(folder), process.execPath, program, ...args];
    const [first = process.execPath, ...rest] = [...(wordsFor(who) ?? []), ...run];
    const whole = { PATH: SYSTEM_PATH, HOME: home, TMPDIR: folder, ...env };
    const options = { env: whole, maxBuffer: 64 * 1024 ** 2 };
    const { stdout } = await promisify(execFile)(first, rest, options);
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
