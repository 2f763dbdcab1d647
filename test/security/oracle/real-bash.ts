import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findProgram } from '../../../src/safety/find-program.ts';
import { REAL, RECORDED } from './vocabulary.ts';

/** The project's folder in the oracle's box. */
export const PROJECT = '/work/shop';

/** Builtins that evaluate nothing: switched off, so that recording programs take their place. */
const OFF = 'echo true false : pwd type kill';

/** Records the name it was called by, then ends as it was told to. */
const RECORDER = `#!/real/dash
printf '%s\\000' "\${0#/shims/}" >>"$ORACLE_LOG"
exit "\${ORACLE_STATUS:-0}"
`;

const passOn = (name: string): string => `#!/real/dash
printf '%s\\000' "\${0#/shims/}" >>"$ORACLE_LOG"
exec /real/${name} "$@"
`;

/**
 * Runs every line twice, in a bash of its own: once all recorded programs succeed, once they fail.
 * A line is evaluated as the agent's program does it. Nothing of it outlives its second.
 */
const DRIVER = `
command_not_found_handle() { printf '%s\\000' "$1" >>"$ORACLE_LOG"; return "\${ORACLE_STATUS:-0}"; }
export -f command_not_found_handle
mapfile -d '' -t lines </in/lines
for at in "\${!lines[@]}"; do
  for status in 0 1; do
    ORACLE_LOG=/log/$at ORACLE_STATUS=$status /real/timeout -s KILL 1 /real/bash --norc --noprofile -c '
      shopt -u extglob; shopt -s expand_aliases
      oracle_line=$1; shift
      enable -n ${OFF}
      cd ${PROJECT}
      eval "$oracle_line"
    ' bash "\${lines[at]}" </dev/null >/dev/null 2>&1
  done
done
`;

export interface RealBash extends AsyncDisposable {
  /** For each line, every name that bash, or a tool that it ran, tried to execute. */
  executed(lines: readonly string[]): Promise<readonly ReadonlySet<string>[]>;
}

/** Which of the programs is missing that the oracle can't do without; undefined: none. */
export async function missingProgram(): Promise<string | undefined> {
  for (const name of ['bwrap', ...REAL])
    if ((await findProgram(name, PATH)) === undefined) return name;
  return undefined;
}

const PATH = '/usr/local/bin:/usr/bin:/bin';

/** A box that holds bash, a few tools that run others, and recording programs for all else. */
export async function openRealBash(): Promise<RealBash> {
  const bwrap = (await findProgram('bwrap', PATH)) ?? '';
  const root = await mkdtemp(join(tmpdir(), 'oracle-'));
  await writeShims(join(root, 'shims'));
  const real = await Promise.all(
    REAL.map(async (name) => ['--ro-bind', (await findProgram(name, PATH)) ?? '', `/real/${name}`]),
  );
  let batch = 0;
  return {
    async executed(lines) {
      batch += 1;
      const folder = join(root, `batch-${batch}`);
      await mkdir(join(folder, 'in'), { recursive: true });
      await mkdir(join(folder, 'log'));
      // Whatever reads it as a script finds nothing to run.
      await writeFile(join(folder, 'in/a'), '# a b c\n');
      await writeFile(join(folder, 'in/lines'), lines.map((line) => `${line}\0`).join(''));
      await run([bwrap, ...boxOf(root, folder), ...real.flat(), '/real/bash', '-c', DRIVER]);
      const names = lines.map((_, at) => namesIn(join(folder, 'log', String(at))));
      const found = await Promise.all(names);
      await rm(folder, { recursive: true });
      return found;
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

async function writeShims(folder: string): Promise<void> {
  await mkdir(folder);
  const files = [
    ...RECORDED.map((name) => [name, RECORDER] as const),
    ...REAL.map((name) => [name, passOn(name)] as const),
    ['sh', passOn('dash')] as const,
  ];
  for (const [name, script] of files) {
    await writeFile(join(folder, name), script);
    await chmod(join(folder, name), 0o755);
  }
}

function boxOf(root: string, folder: string): string[] {
  const shims = join(root, 'shims');
  const evil = join(shims, 'evil');
  const project = [PROJECT, `${PROJECT}/src`, `${PROJECT}/scripts`, '/tmp'];
  const lines = [
    '--unshare-all --die-with-parent --new-session --clearenv --cap-drop ALL',
    '--ro-bind /usr/lib /usr/lib --symlink usr/lib /lib',
    '--ro-bind-try /usr/lib64 /usr/lib64 --symlink usr/lib64 /lib64',
    '--dev /dev --tmpfs /tmp --tmpfs /work',
    `--ro-bind ${shims} /shims --ro-bind ${shims} /usr/bin --symlink usr/bin /bin`,
    `--ro-bind ${folder}/in /in --bind ${folder}/log /log`,
    ...project.map((at) => `--ro-bind ${evil} ${at}/evil`),
    `--ro-bind ${folder}/in/a ${PROJECT}/a`,
    `--setenv PATH /shims --setenv HOME /home/agent --chdir ${PROJECT}`,
  ];
  return lines.flatMap((line) => line.split(' '));
}

async function run(words: readonly string[]): Promise<void> {
  const [program = '', ...rest] = words;
  const box = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said = text(box.stderr);
  const [status] = await once(box, 'exit');
  // The driver's own last status is that of the last line.
  if (typeof status !== 'number' || /bwrap:/u.test(await said))
    throw new Error(`the oracle's box broke: ${await said}`);
}

async function namesIn(log: string): Promise<ReadonlySet<string>> {
  const names = await readFile(log, 'utf8').catch(() => '');
  return new Set(names.split('\0').filter((name) => name !== ''));
}
