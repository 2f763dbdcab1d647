import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SYSTEM_PATH, unsealable } from '../safety/a-box.ts';

/** Who carries a runner out. */
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

/** Why somebody can't carry out a runner here; undefined: it can. */
export async function whyNot(who: Who, runner: string): Promise<string | undefined> {
  if (unsealable !== undefined) return `there is no ${unsealable}`;
  const words = wordsFor(who);
  if (words === undefined) return 'this is not root';
  const [program, ...rest] = [...words, process.execPath, '--check', runner] as const;
  return promisify(execFile)(program, rest).then(
    () => undefined,
    () => 'another user cannot read this checkout',
  );
}

export interface Running {
  readonly runner: string;
  readonly args: readonly string[];
  /** Beside PATH, HOME and TMPDIR, which is a folder of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** Words before the runner's, told its folder. */
  readonly inside?: (folder: string) => readonly string[];
}

/** What a runner reports of itself as JSON, carried out as somebody in a folder of its own. */
export async function reportOf<Report>(who: Who, running: Running): Promise<Report> {
  const { runner, args, env, inside = () => [] } = running;
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const home = join(folder, 'home');
    await mkdir(home);
    if (isRoot && who === 'user') for (const own of [folder, home]) await chown(own, UID, UID);
    const words = [...(wordsFor(who) ?? []), ...inside(folder), process.execPath, runner, ...args];
    const [program = '', ...rest] = words;
    const { stdout } = await promisify(execFile)(program, rest, {
      env: { PATH: SYSTEM_PATH, HOME: home, TMPDIR: folder, ...env },
      maxBuffer: 64 * 1024 ** 2,
    });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
