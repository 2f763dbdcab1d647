import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { HarnessEvent } from '../../src/domain/event.ts';
import { pathWith } from './node-here.ts';
import { lookUntil, type SnapshotSeen } from './snapshot-looks.ts';
import { copyTree } from './tree-copy.ts';

const run = promisify(execFile);

export interface Said {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** All that a rehearsal in a fresh copy of this tree left, kept until it is disposed of. */
export interface Recorded extends AsyncDisposable {
  /** How `npm ci` and `npm run rehearse` ended. */
  readonly installed: Said;
  readonly rehearsed: Said;
  /** The project that was built. */
  readonly project: string;
  readonly home: string;
  /** Every different state file that was seen while it ran. */
  readonly looks: readonly SnapshotSeen[];
  readonly events: readonly RecordedEvent[];
  /** Carries out a command of the copy in the project. */
  harness(...words: readonly string[]): Promise<Said>;
  git(...words: readonly string[]): Promise<string>;
}

export type RecordedEvent = HarnessEvent & { readonly id: number; readonly at: string };

/** Variables of this process that would change what a person without any of them sees. */
const NOT_INHERITED =
  /^(?:ANTHROPIC_|CLAUDE_|LINEAR_|HARNESS_|DATABASE_URL$|VITEST|NODE_ENV$|TEST$|AGENT_MODEL$|MAX_SESSIONS$)/u;

/** Copies what git knows of this tree, changes included, and does there what the README says. About three minutes. */
export async function recordRehearsal(): Promise<Recorded> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'harness-recorded-')));
  const [copy, home] = [join(root, 'copy'), join(root, 'home')];
  await copyTree(copy);
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  // The oldest Node with which it may be installed, where there is one: it brings its own.
  const path = await pathWith(20);
  const env = {
    ...Object.fromEntries(inherited),
    ...(path === null ? {} : { PATH: path }),
    HARNESS_HOME: home,
  };
  await writeFile(join(copy, 'idea.md'), '# An idea of mine\n');
  const installed = await said('npm', ['ci', '--prefer-offline'], { cwd: copy, env });
  const project = join(copy, 'workspaces', 'reading-list');
  const words = ['run', 'rehearse', '--', '--idea-file', 'idea.md'];
  const rehearsing = said('npm', words, { cwd: copy, env });
  const looks = await lookUntil(project, rehearsing);
  const rehearsed = await rehearsing;
  const harness: Recorded['harness'] = (...more) =>
    said(process.execPath, [join(copy, 'dist/cli/bin.js'), ...more], { cwd: project, env });
  const { out } = await harness('events', '--json');
  const git: Recorded['git'] = async (...more) =>
    (await run('git', ['-c', 'safe.directory=*', ...more], { cwd: project })).stdout;
  return {
    installed,
    rehearsed,
    project,
    home,
    looks,
    harness,
    git,
    events: out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])),
    [Symbol.asyncDispose]: () =>
      rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

/** Without a standard input, as in CI. */
async function said(
  program: string,
  words: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Said> {
  const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [exit]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { exit: typeof exit === 'number' ? exit : null, out, err };
}
