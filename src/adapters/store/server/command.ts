/**
 * Where flock, unshare and setpriv are looked for. The caller's own PATH is not used: the server
 * outlives the program, and a folder that somebody put first there would be run as its owner.
 */
export const SYSTEM_PATH =
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin';

/** The whole environment of a child process: nothing is inherited. */
export type Environment = Readonly<Record<string, string>>;

/** How a short command ended. */
export interface CommandEnd {
  readonly ok: boolean;
  /** The tail of what it said, for a message: at most 2,000 characters. */
  readonly said: string;
}

/** Runs a short command to its end (one minute at most) in exactly this environment. Never throws. */
export async function runCommand(
  words: readonly string[],
  order: { readonly env: Environment; readonly cwd: string },
): Promise<CommandEnd> {
  const [command = '', ...rest] = words;
  // Large, and whoever only asks where the server is runs nothing.
  const { execa } = await import('execa');
  const end = await execa(command, rest, {
    cwd: order.cwd,
    env: order.env,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: 60_000,
    maxBuffer: 1_000_000,
  });
  const said = end.all.trim() === '' && end.failed ? (end.originalMessage ?? '') : end.all;
  return { ok: !end.failed, said: said.trim().slice(-2_000) };
}
