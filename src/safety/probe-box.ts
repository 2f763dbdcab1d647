import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BoxLimitSettings } from '../domain/box-limits.ts';
import type { Box, BoxVerdict } from './box.ts';
import { limitsHere } from './box-limits.ts';
import { findControlGroups, holdingOf } from './control-groups.ts';
import { findProgram } from './find-program.ts';
import { openBox } from './open-box.ts';
import { tryToBreakOut } from './self-test/break-out.ts';
import type { Toolchains } from './toolchains.ts';

/** With what the box would be opened. */
export interface ProbeSettings {
  readonly folder: string;
  readonly toolchains: Toolchains;
  readonly read: readonly string[];
  /** The user's PATH, where bubblewrap and socat are looked up. */
  readonly path: string;
  readonly home: string;
  /** As configured; what is not given is as usual. */
  readonly limits?: Partial<BoxLimitSettings>;
  /** Whether this process runs as root: remedies then need no sudo. */
  readonly root: boolean;
  /** Whether this is a container, whose options only its starter can change; absent: looked up. */
  readonly container?: boolean;
}

type Fault = Exclude<BoxVerdict, { usable: true }>;

/** First release with --disable-userns. */
const OLDEST = [0, 8] as const;

/**
 * Whether a sealed command really runs here, with the very arguments of a session, and can't get
 * out: what is installed but unusable counts as missing. Names the part at fault and one command that mends it.
 */
export async function probeBox(settings: ProbeSettings): Promise<BoxVerdict> {
  const bwrap = await findProgram('bwrap', settings.path);
  if (bwrap === undefined) return missing('bubblewrap', 'bwrap is not on PATH', settings);
  const version = /(\d+)\.(\d+)[.\d]*/u.exec((await run(bwrap, ['--version'])).output);
  if (version === null)
    return missing('bubblewrap', `${bwrap} --version does not answer as bubblewrap does`, settings);
  if (tooOld(Number(version[1]), Number(version[2])))
    return missing('bubblewrap', `version ${version[0]} is older than 0.8`, settings);
  if ((await findProgram('socat', settings.path)) === undefined)
    return missing('socat', 'socat is not on PATH', settings);
  const groups = await findControlGroups({ limits: limitsHere(settings.limits), pid: process.pid });
  const holding = holdingOf(groups, settings.root);
  if (holding.processes === 'nothing') return uncounted(settings);
  const box = await openBox({ ...settings, groups, driver: 'bwrap', now: () => 0 });
  const trial = await sealedTrial(box, settings);
  if (!trial.passed) return diagnose(trial.output, { ...settings, bwrap });
  const open = await tryToBreakOut({ box, folder: settings.folder, home: settings.home });
  return open.length === 0 ? { usable: true, version: version[0], holding } : leaks(open, settings);
}

function tooOld(major: number, minor: number): boolean {
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** A sealed command takes a hundredth of a second. */
const TRIAL_MS = 10_000;

interface Trial {
  readonly passed: boolean;
  readonly output: string;
}

async function sealedTrial(box: Box, settings: ProbeSettings): Promise<Trial> {
  const cwd = await mkdtemp(join(settings.folder, 'probe-'));
  try {
    const { exit, output } = await box.run({
      command: ['sh', '-c', 'command -v socat >/dev/null && echo "sealed $(id -u)"'],
      cwd,
      writable: [cwd],
      readable: [],
      env: {},
      socket: null,
      stdin: 'ignore',
      timeoutMs: TRIAL_MS,
    });
    return { output, passed: exit === 0 && output.trim() === 'sealed 1000' };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

async function run(program: string, args: readonly string[]): Promise<Trial> {
  return new Promise((resolve) => {
    const options = { env: { PATH: '/usr/local/bin:/usr/bin:/bin' }, cwd: '/', timeout: 10_000 };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ passed: error === null, output: `${stdout}${stderr}` });
    });
  });
}

interface Circumstances extends ProbeSettings {
  readonly bwrap: string;
}

/** Known obstacles by the words bubblewrap finds for them, the more specific first. */
async function diagnose(output: string, at: Circumstances): Promise<Fault> {
  const said = output.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  if (/mount proc|newroot\/proc/iu.test(output))
    return fault('proc', `a container masks /proc (${said})`, startContainer());
  if (/RTM_NEWADDR|uid map|Operation not permitted.*loopback/iu.test(output))
    return fault('user namespaces', `AppArmor restricts them (${said})`, apparmor(at));
  if (/ENOSPC|No space left|max_\*_namespaces/iu.test(output))
    return fault(
      'user namespaces',
      `their number is limited to none (${said})`,
      sysctl(at, 'user.max_user_namespaces=15000'),
    );
  if (/namespace|unshare|clone/iu.test(output))
    return fault('user namespaces', `the kernel refuses them (${said})`, unblock(at));
  if (output.trim() === '')
    return missing('socat', 'socat is on PATH, but not in the system folders that a box sees', at);
  return fault(
    'bubblewrap',
    `a sealed command fails: ${said}`,
    `${at.bwrap} --ro-bind / / --unshare-all true`,
  );
}

function fault(part: string, reason: string, remedy: string): Fault {
  return { usable: false, part, reason, remedy };
}

/** A box with a hole is no box; what makes the hole is older than the box, or stands around it. */
async function leaks(open: readonly string[], at: ProbeSettings): Promise<Fault> {
  const reason = `the self-test got out: ${open.join('; ')}`;
  return missing('bubblewrap', reason, at);
}

/** Root's processes are not counted by resource limits, so nothing would end a fork bomb. */
function uncounted(at: ProbeSettings): Fault {
  const reason = 'root is bound by control groups alone, and none can be made here';
  const remedy = inContainer(at)
    ? 'docker run --user 1000:1000 IMAGE'
    : 'runuser -u "$SUDO_USER" -- harness doctor';
  return fault('process limit', reason, remedy);
}

function inContainer(at: ProbeSettings): boolean {
  const marks = ['/.dockerenv', '/run/.containerenv'];
  return at.container ?? marks.some((mark) => existsSync(mark));
}

function startContainer(): string {
  return 'docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined IMAGE';
}

function sudo(at: ProbeSettings): string {
  return at.root ? '' : 'sudo ';
}

function sysctl(at: ProbeSettings, setting: string): string {
  return `${sudo(at)}sysctl -w ${setting}`;
}

/** Gives bubblewrap alone what Ubuntu 24.04 takes from every program. */
function apparmor(at: Circumstances): string {
  if (inContainer(at)) return startContainer();
  const profile = `abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap ${at.bwrap} flags=(unconfined) {\\n  userns,\\n}\\n`;
  return `printf '${profile}' | ${sudo(at)}tee /etc/apparmor.d/bwrap && ${sudo(at)}apparmor_parser -r /etc/apparmor.d/bwrap`;
}

function unblock(at: Circumstances): string {
  return inContainer(at) ? startContainer() : sysctl(at, 'kernel.unprivileged_userns_clone=1');
}

const INSTALLERS = [
  ['apt-get', 'apt-get install -y'],
  ['dnf', 'dnf install -y'],
  ['pacman', 'pacman -S --noconfirm'],
  ['zypper', 'zypper install -y'],
  ['apk', 'apk add'],
] as const;

async function missing(part: string, reason: string, at: ProbeSettings): Promise<Fault> {
  for (const [program, command] of INSTALLERS) {
    if ((await findProgram(program, at.path)) !== undefined)
      return fault(part, reason, `${sudo(at)}${command} ${part}`);
  }
  return fault(part, reason, `${sudo(at)}apt-get install -y ${part}`);
}
