import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { claudeExecutable } from './adapters/agents/claude/executable.ts';
import { installedPackage } from './adapters/store/server/binaries.ts';
import { openExternal } from './adapters/store/server/external-server.ts';
import { refuseNetworkFolder } from './adapters/store/server/filesystem.ts';
import { hasData, runningAddress } from './adapters/store/server/running-address.ts';
import type { Config } from './config/config.ts';
import { isUsualPasswordInTheOpen } from './config/usual-password.ts';
import { HarnessError, messageOf } from './domain/errors.ts';
import { findProgram } from './safety/find-program.ts';
import type { BoxVerdict } from './safety/box.ts';
import { probeBox } from './safety/probe-box.ts';
import { findToolchains } from './safety/toolchains.ts';
import { browserOf } from './host/tools.ts';
import { ROOM_TO_START, shortageOf } from './workspaces/room.ts';

/** One thing that a run with a real model needs. */
export interface Finding {
  readonly part: string;
  readonly state: 'ok' | 'note' | 'missing';
  /** What was found, in a line. */
  readonly found: string;
  /** What mends it. */
  readonly remedy: string | null;
  /** Exit status with which a run would refuse to start; 0 when it would start. */
  readonly exit: number;
}

export interface Examination {
  readonly config: Config;
  /** The user's PATH and home folder. */
  readonly path: string;
  readonly homeFolder: string;
}

type Fault = Pick<Finding, 'found' | 'remedy' | 'exit'>;

const fine = (part: string, found: string): Finding => ({
  part,
  state: 'ok',
  found,
  remedy: null,
  exit: 0,
});
const noted = (part: string, found: string, remedy: string): Finding => ({
  part,
  state: 'note',
  found,
  remedy,
  exit: 0,
});
const missing = (part: string, fault: Fault): Finding => ({ part, state: 'missing', ...fault });

/** Looks at everything a run needs, in the order in which a run would meet it; starts nothing that stays. */
export async function diagnose(order: Examination): Promise<readonly Finding[]> {
  const { config } = order;
  return [
    fine('node', `${process.versions.node} (${process.execPath})`),
    await git(order),
    await dataFolder(config),
    await disk(config),
    await database(config),
    credential(config),
    ...packages(config),
    ...(await linear(config)),
    ...(await browser(order)),
    await agent(),
    await box(order),
  ];
}

async function git({ path }: Examination): Promise<Finding> {
  const program = await findProgram('git', path);
  if (program === undefined)
    return missing('git', {
      found: 'not on PATH',
      remedy: 'apt-get install git, or brew install git',
      exit: 2,
    });
  return fine('git', `${await versionOf(program)} (${program})`);
}

async function dataFolder({ home }: Config): Promise<Finding> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await refuseNetworkFolder(home);
    return fine('data folder', home);
  } catch (error) {
    return missing('data folder', {
      found: messageOf(error),
      remedy: 'set HARNESS_HOME to a folder of your own on a local disk',
      exit: 2,
    });
  }
}

/** Below this a first install of dependencies in a few clones fills the disk. */
const LOW_DISK_GB = 5;

async function disk({ home }: Config): Promise<Finding> {
  const shortage = await shortageOf({ home, project: null }, ROOM_TO_START);
  if (shortage !== null)
    return missing('disk', {
      found: shortage.split(';', 1)[0] ?? '',
      remedy: 'free some space, or move HARNESS_HOME',
      exit: 75,
    });
  const folder = await statfs(home).catch(() => statfs(tmpdir()));
  const free = (folder.bavail * folder.bsize) / 1e9;
  const found = `${free.toFixed(1)} GB free`;
  return free < LOW_DISK_GB
    ? noted('disk', found, `clones and dependencies need room: free some, or move HARNESS_HOME`)
    : fine('disk', found);
}

const NEW_PASSWORD = 'ALTER ROLE postgres PASSWORD ..., then set DATABASE_URL to match';

async function database({ databaseUrl, home }: Config): Promise<Finding> {
  try {
    if (databaseUrl !== null) {
      const url = databaseUrl.reveal();
      await openExternal(url);
      const found = `Postgres at DATABASE_URL (${new URL(url).host})`;
      if (!isUsualPasswordInTheOpen(url)) return fine('database', found);
      return noted('database', `${found}, with the password that everybody knows`, NEW_PASSWORD);
    }
    installedPackage();
    if ((await runningAddress(home)) !== null)
      return fine('database', 'embedded Postgres, running');
    const made = await hasData(home);
    return fine('database', `embedded Postgres, ${made ? 'at rest' : 'made by the first run'}`);
  } catch (error) {
    const exit = error instanceof HarnessError ? error.exit : 1;
    return missing('database', {
      found: messageOf(error),
      remedy: 'npm ci, or set DATABASE_URL to a Postgres server',
      exit,
    });
  }
}

function credential({ credential: found }: Config): Finding {
  if (found === null)
    return missing('credential', {
      found: 'neither ANTHROPIC_API_KEY nor CLAUDE_CODE_OAUTH_TOKEN is set',
      remedy: '`claude setup-token`, then export CLAUDE_CODE_OAUTH_TOKEN; a rehearsal needs none',
      exit: 4,
    });
  const name = found.kind === 'api_key' ? 'ANTHROPIC_API_KEY' : 'CLAUDE_CODE_OAUTH_TOKEN';
  return fine('credential', `${name} is set (not tried)`);
}

/** pip would take a package from whichever index has the higher version, so only one is asked. */
function packages({ registries }: Config): readonly Finding[] {
  const { extraIndexes } = registries;
  if (extraIndexes.length === 0) return [];
  const found = `pip's extra-index-url is not used: ${extraIndexes.join(', ')}`;
  return [noted('packages', found, 'name one index as index-url that has the packages of all')];
}

async function browser(order: Examination): Promise<readonly Finding[]> {
  const { use, server } = order.config.browser;
  if (use === 'no') return [];
  try {
    const found = await browserOf(order);
    if (found === null)
      return [
        noted(
          'browser',
          'none is installed',
          'apt-get install chromium, for sessions that look at pages',
        ),
      ];
    const wanted =
      use === 'yes'
        ? `for coders and testers, by ${server}`
        : 'for demo mode only: no section browser';
    return [fine('browser', `${found.program} (${wanted})`)];
  } catch (error) {
    const exit = error instanceof HarnessError ? error.exit : 1;
    const remedy = 'apt-get install chromium, or set CHROME_PATH';
    return [missing('browser', { found: messageOf(error).split('.', 1)[0] ?? '', remedy, exit })];
  }
}

/** Where it is the tracker, or its key is there for the demo mode. */
async function linear(config: Config): Promise<readonly Finding[]> {
  const needed = config.settings.backend.type === 'linear';
  if (!needed && config.linear.apiKey === null) return [];
  const { lookAtLinear } = await import('./connect-linear.ts');
  try {
    const { team, room } = await lookAtLinear(config);
    const left = room === null ? '' : `; its free plan has room for ${room} more issues`;
    return [fine('linear', `team ${team} answers at ${config.linear.apiUrl}${left}`)];
  } catch (error) {
    const found = messageOf(error);
    const remedy = 'see docs/linear.md; backend.type json or postgres needs no account';
    const exit = error instanceof HarnessError ? error.exit : 1;
    return [needed ? missing('linear', { found, remedy, exit }) : noted('linear', found, remedy)];
  }
}

async function agent(): Promise<Finding> {
  try {
    const cli = await versionOf(claudeExecutable().path);
    return fine('agent', `Claude Agent SDK ${sdkVersion()}, Claude Code ${cli}`);
  } catch (error) {
    return missing('agent', { found: messageOf(error), remedy: 'npm ci', exit: 1 });
  }
}

function sdkVersion(): string {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@anthropic-ai/claude-agent-sdk'));
  const manifest: unknown = require(join(folder, 'package.json'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

async function box({ config, path, homeFolder }: Examination): Promise<Finding> {
  const { driver, read } = config.settings.sandbox;
  if (driver === 'none')
    return noted('sandbox', 'off by sandbox.driver: agents run UNSEALED', 'sandbox.driver: bwrap');
  const folder = await mkdtemp(join(tmpdir(), 'hx-'));
  try {
    const toolchains = await findToolchains({ path, home: homeFolder, node: process.execPath });
    const root = process.getuid?.() === 0;
    const places = { folder, toolchains, read, path, home: homeFolder };
    const verdict = await probeBox({ ...places, root, limits: config.boxLimits });
    if (verdict.usable) return sealed(verdict);
    const { part, reason, remedy } = verdict;
    return missing('sandbox', { found: `${part}: ${reason}`, remedy, exit: 5 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sealed({ version, holding }: Extract<BoxVerdict, { usable: true }>): Finding {
  const found = `bubblewrap ${version}: the self-test could not get out`;
  const weak = Object.entries(holding).flatMap(([what, by]) =>
    by === 'control group' ? [] : [what],
  );
  if (weak.length === 0)
    return fine('sandbox', `${found}; control groups hold processes and memory`);
  return noted(
    'sandbox',
    `${found}; no control group holds its ${weak.join(' and ')}, so limits are of each process`,
    'put `systemd-run --user --scope -p Delegate=yes` before the command, as in `harness run`',
  );
}

/** First word with a digit in what `--version` says. */
async function versionOf(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 10_000 });
  return /\d[\w.-]*/u.exec(stdout)?.[0] ?? 'of unknown version';
}
