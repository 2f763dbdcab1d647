import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { BoxLimitSettings } from '../domain/box-limits.ts';
import { HarnessError, hasCode } from '../domain/errors.ts';
import { assertEnvironment, whyTooWide } from './box-paths.ts';
import { FILTER_FILE, makeSkeleton } from './box-skeleton.ts';
import { coverInherited, streamsOf, type Stream } from './box-streams.ts';
import type { Box, BoxOrder } from './box.ts';
import { limitsHere, type Holding } from './box-limits.ts';
import {
  AGENT_HOME,
  bwrapArguments,
  innerCommand,
  kernelCovers,
  systemArguments,
  type BoxLayout,
} from './bwrap-arguments.ts';
import { callFilter } from './call-filter.ts';
import { findControlGroups, holdingOf, type ControlGroups } from './control-groups.ts';
import { inGroups } from './enter-group.ts';
import { findProgram } from './find-program.ts';
import { runBounded, type Ending } from './run-bounded.ts';
import { startWhenTold } from './start-when-told.ts';
import type { Toolchains } from './toolchains.ts';

/** What a box is opened with, once for all that runs in it. */
export interface BoxSettings {
  readonly driver: 'bwrap' | 'none';
  /** Private folder of the harness for what boxes share; under `none` also their HOME and TMPDIR. */
  readonly folder: string;
  readonly toolchains: Toolchains;
  /** The operator's `sandbox.read`: absolute paths shown read-only. */
  readonly read: readonly string[];
  /** The user's PATH, where bubblewrap is looked up. */
  readonly path: string;
  /** The user's home, which no box may see. */
  readonly home: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** What is not given is as usual. */
  readonly limits?: Partial<BoxLimitSettings>;
  /** Looked up when absent; null: limits are held without any. */
  readonly groups?: ControlGroups | null;
}

interface Driver {
  /** `status` adds a stream, descriptor 4, on which the driver tells how the command ended. */
  start(order: BoxOrder, streams: 'plain' | 'status'): ChildProcess;
  exitOf(ending: Ending): number | null;
}

/**
 * Opens the box of this machine; whether it can work is probeBox's question.
 * @throws HarnessError BOX_READ for a `sandbox.read` path that is missing or too wide,
 *   SANDBOX_UNAVAILABLE (exit 5) when bubblewrap is asked for and not installed.
 */
export async function openBox(settings: BoxSettings): Promise<Box> {
  const driver = settings.driver === 'bwrap' ? await sealed(settings) : await unsealed(settings);
  return Object.freeze({
    driver: settings.driver,
    spawn: (order) => killedBy(order.signal, driver.start(order, 'plain')),
    run: async (order) =>
      runBounded({
        child: killedBy(order.signal, driver.start({ ...order, stdin: 'ignore' }, 'status')),
        timeoutMs: order.timeoutMs,
        now: settings.now,
        exitOf: (ending) => driver.exitOf(ending),
      }),
  } satisfies Box);
}

function killedBy(signal: AbortSignal | undefined, child: ChildProcess): ChildProcess {
  if (signal === undefined) return child;
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  child.once('exit', () => signal.removeEventListener('abort', kill));
  if (signal.aborted) kill();
  return child;
}

async function sealed(settings: BoxSettings): Promise<Driver> {
  const bwrap = await findProgram('bwrap', settings.path);
  if (bwrap === undefined) throw unavailable('bubblewrap is not installed; install it');
  const { layout, groups } = await layoutOf(settings);
  if (layout.holding.processes === 'nothing') throw unavailable(UNCOUNTED);
  const covers = coverInherited();
  const base = { PATH: boxPath(layout.skeleton), HOME: AGENT_HOME, LANG: 'C.UTF-8' };
  return {
    start(order, streams) {
      assertEnvironment(order.env);
      using lines = linesOf(layout.filter, streams);
      const inner = innerCommand(layout, order, 'when_told');
      const box = [...lines.words, ...bwrapArguments(layout, order), '--', ...inner];
      const group = groups?.open();
      const [program, ...rest] = inGroups(group?.doors ?? [], [bwrap, ...box]);
      const child = spawn(program, rest, {
        cwd: '/',
        // Not --clearenv: the box can read the environment that bubblewrap itself was started with.
        env: { ...order.env, ...base },
        // A group of its own: a terminal's Ctrl-C is for the harness, which ends its boxes in order.
        detached: true,
        stdio: streamsOf(order.stdin, lines.extra, covers),
      });
      for (const end of ['exit', 'error']) child.once(end, () => group?.remove());
      return startWhenTold(child);
    },
    // Without this line the command never began: bubblewrap's own exit status proves nothing.
    exitOf({ status }) {
      const exit = /"exit-code": (\d+)/u.exec(status)?.[1];
      return exit === undefined ? null : Number(exit);
    },
  };
}

/** What goes between the harness and bubblewrap beside the standard streams, from descriptor 3 on. */
interface Lines extends Disposable {
  readonly extra: readonly Stream[];
  /** How bubblewrap is told of them. */
  readonly words: readonly string[];
}

/** The file is opened anew for each box: bubblewrap reads it to its end, then closes it. */
function linesOf(filter: string | null, streams: 'plain' | 'status'): Lines {
  const told = streams === 'status' ? (['pipe', 'pipe'] as const) : (['pipe'] as const);
  const words = streams === 'status' ? ['--json-status-fd', '4'] : [];
  if (filter === null) return { extra: told, words, [Symbol.dispose]: () => undefined };
  const file = openSync(filter, 'r');
  return {
    extra: [...told, file],
    words: [...words, '--seccomp', String(3 + told.length)],
    [Symbol.dispose]: () => closeSync(file),
  };
}

const UNCOUNTED =
  'as root only a control group limits processes, and none can be made here; run the harness as an ordinary user';

function unavailable(message: string): HarnessError {
  return new HarnessError('SANDBOX_UNAVAILABLE', message, { exit: 5 });
}

interface Grounds {
  readonly layout: BoxLayout;
  readonly groups: ControlGroups | null;
}

/** What every box of these settings shares, for bubblewrap. */
async function layoutOf(settings: BoxSettings): Promise<Grounds> {
  for (const path of settings.read) await assertReadable(path, settings.home);
  const limits = limitsHere(settings.limits);
  const groups =
    settings.groups === undefined
      ? await findControlGroups({ limits, pid: process.pid })
      : settings.groups;
  const filter = callFilter(process.arch);
  const skeleton = await makeSkeleton(settings.folder, { ...settings.toolchains, filter });
  const layout = {
    skeleton,
    filter: filter === null ? null : join(skeleton, FILTER_FILE),
    system: await systemArguments(),
    covers: await kernelCovers(),
    readable: [...settings.toolchains.mounts, ...settings.read],
    limits,
    holding: holdingOf(groups, process.getuid?.() === 0),
  };
  return { layout, groups };
}

async function assertReadable(path: string, home: string): Promise<void> {
  const real = await realpath(path).catch(() => undefined);
  const reason =
    real === undefined ? 'it does not exist' : (whyTooWide(path, home) ?? whyTooWide(real, home));
  if (reason === undefined) return;
  throw new HarnessError(
    'BOX_READ',
    `sandbox.read: ${path} can't be shown to agents: ${reason}; name a narrower folder`,
    { exit: 2 },
  );
}

function boxPath(skeleton: string): string {
  return [join(skeleton, 'bin'), '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin'].join(':');
}

/** Unsealed, what is counted is all that the user runs: only the memory of each process is bounded. */
const UNGROUPED: Holding = { processes: 'nothing', memory: 'resource limit' };

/** Same environment and same end of everything with the command, but no wall around it. */
async function unsealed(settings: BoxSettings): Promise<Driver> {
  const skeleton = await makeSkeleton(settings.folder, { ...settings.toolchains, filter: null });
  const limits = limitsHere(settings.limits);
  const home = join(settings.folder, 'home');
  const temporary = join(settings.folder, 'tmp');
  for (const folder of [home, temporary]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const covers = coverInherited();
  const base = { PATH: boxPath(skeleton), HOME: home, TMPDIR: temporary, LANG: 'C.UTF-8' };
  return {
    start(order) {
      assertEnvironment(order.env);
      const [program, ...rest] = innerCommand(
        { limits, holding: UNGROUPED },
        { ...order, socket: null },
        'at_once',
      );
      const child = spawn(program ?? '/bin/sh', rest, {
        cwd: order.cwd,
        env: { ...order.env, ...base },
        stdio: streamsOf(order.stdin, [], covers),
        detached: true,
      });
      return ownGroup(child);
    },
    exitOf: ({ code }) => code,
  };
}

/**
 * Makes every kill one of the whole process group, and ends the group with its leader. After that its
 * number may be another's.
 */
function ownGroup(child: ChildProcess): ChildProcess {
  let over = false;
  child.kill = (signal) => !over && killGroup(child.pid, signal);
  child.once('exit', () => {
    killGroup(child.pid, 'SIGKILL');
    over = true;
  });
  return child;
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals | number = 'SIGTERM'): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
}
