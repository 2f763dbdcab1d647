import { dirname, isAbsolute } from 'node:path';
import { Readable } from 'node:stream';
import { HarnessError } from '../domain/errors.ts';
import type { Launcher } from './launcher/launcher.ts';
import { runProgram, type ProgramEnd } from './launcher/run-program.ts';

/** What pinned git needs from outside; nothing is read from the process's environment. */
export interface GitDeps {
  /** Absolute path of the git program. */
  readonly gitPath: string;
  /** Dates of the commits made by the harness; git's own clock when absent. */
  readonly clock?: () => Date;
  /** What starts it; this process itself when absent. */
  readonly launcher?: Launcher;
}

/** One run of git. Arguments are never a shell string. */
export interface GitOrder {
  /** Absolute path of the repository; git never searches for one. */
  readonly gitDir: string;
  readonly args: readonly string[];
  readonly workTree?: string;
  /** A private index, so that no other process's index is touched. */
  readonly indexFile?: string;
  readonly input?: string | Uint8Array | Readable;
  /** Where stdout goes instead of memory. */
  readonly outputFile?: string;
  /** Pins beyond the fixed ones, strongest last. */
  readonly pins?: readonly Pin[];
  readonly author?: Person;
}

/** How git ended; stdout as bytes, since paths and blobs need not be text. */
export interface GitOutcome {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A configuration key and the value that overrides whatever the repository says. */
export type Pin = readonly [key: string, value: string];

/** Whom commits name. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

/** The user's git in an environment of ours: no configuration of theirs, no prompt, no hook. */
export interface Git {
  /** Runs to its end and gives the exit status back, whatever it is. */
  run(order: GitOrder): Promise<GitOutcome>;
  /** stdout without its final newline. Throws GIT_FAILED unless git ends with 0. */
  read(order: GitOrder): Promise<string>;
}

/** Who makes the commits that no agent made. */
export const HARNESS: Person = { name: 'harness', email: 'harness@localhost' };

/** The null object name: "must not exist yet" in reference updates. */
export const NOTHING = '0'.repeat(40);

/**
 * Every key by which a repository could make git start a program or look elsewhere. Transports are
 * off altogether: objects move between repositories as packs.
 */
const PINS: readonly Pin[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.pager', 'cat'],
  ['core.editor', 'false'],
  ['core.sshCommand', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.alternateRefsCommand', 'true'],
  ['credential.helper', ''],
  ['commit.gpgSign', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['submodule.recurse', 'false'],
  ['safe.bareRepository', 'explicit'],
  ['transfer.fsckObjects', 'true'],
  ['protocol.allow', 'never'],
];

/** All git of the host goes through here: pinned, without hooks, filters of its own or a network. */
export function createGit(deps: GitDeps): Git {
  const run = (order: GitOrder): Promise<GitOutcome> => runPinned(deps, order);
  return {
    run,
    async read(order) {
      const outcome = await run(order);
      if (outcome.exit !== 0) throw gitFailed(order, outcome);
      return outcome.stdout.toString('utf8').replace(/\n$/, '');
    },
  };
}

/** The error of a git run that had to succeed. */
export function gitFailed(order: GitOrder, outcome: GitOutcome): HarnessError {
  const said = outcome.stderr.trim().slice(-2000);
  return new HarnessError(
    'GIT_FAILED',
    `git ${order.args[0] ?? ''} in ${order.gitDir} ended with ${outcome.exit}: ${said}. Check the disk and the folder's permissions, then try again`,
  );
}

async function runPinned(deps: GitDeps, order: GitOrder): Promise<GitOutcome> {
  const { exit, stdout, stderr, fault } = await start(deps, order);
  if (exit === null) {
    throw new HarnessError(
      'GIT_FAILED',
      `git could not be run (${deps.gitPath}): ${fault ?? 'a signal ended it'}. Install git or correct its path`,
    );
  }
  // git itself ended well: what it wrote did not all arrive.
  if (fault !== null) {
    throw new HarnessError(
      'GIT_FAILED',
      `The output of git ${order.args[0] ?? ''} in ${order.gitDir} could not be kept: ${fault}. Free space on that disk, then try again`,
    );
  }
  return { exit, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr).toString('utf8') };
}

function start(deps: GitDeps, order: GitOrder): Promise<ProgramEnd> {
  const { input = null, outputFile = null } = order;
  const program = {
    file: deps.gitPath,
    args: commandLine(order),
    cwd: order.workTree ?? dirname(order.gitDir),
    env: environment(deps, order),
    outputFile,
  };
  if (input instanceof Readable) return runProgram({ ...program, input: null }, input);
  const whole = { ...program, input };
  return deps.launcher === undefined ? runProgram(whole) : deps.launcher.run(whole);
}

function commandLine({ gitDir, workTree, args }: GitOrder): string[] {
  if (!isAbsolute(gitDir)) {
    throw new HarnessError('GIT_UNPINNED', `git needs an absolute --git-dir, not "${gitDir}"`);
  }
  return [
    `--git-dir=${gitDir}`,
    ...(workTree === undefined ? [] : [`--work-tree=${workTree}`]),
    ...args,
  ];
}

function environment(deps: GitDeps, order: GitOrder): Record<string, string> {
  const pins = [...PINS, ...(order.pins ?? [])];
  const author = order.author ?? HARNESS;
  const date = deps.clock?.().toISOString();
  return {
    PATH: `${dirname(deps.gitPath)}:/usr/bin:/bin`,
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_DEFAULT_HASH: 'sha1',
    GIT_DEFAULT_REF_FORMAT: 'files',
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: HARNESS.name,
    GIT_COMMITTER_EMAIL: HARNESS.email,
    ...(date === undefined ? {} : { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }),
    ...(order.indexFile === undefined ? {} : { GIT_INDEX_FILE: order.indexFile }),
    GIT_CONFIG_COUNT: String(pins.length),
    ...Object.fromEntries(
      pins.flatMap(([key, value], at) => [
        [`GIT_CONFIG_KEY_${at}`, key],
        [`GIT_CONFIG_VALUE_${at}`, value],
      ]),
    ),
  };
}
