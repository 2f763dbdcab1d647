import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createGit } from '../../../src/workspaces/git.ts';
import { openHub, type Hub } from '../../../src/workspaces/hub.ts';
import type { Workspace } from '../../../src/workspaces/workspace.ts';
import { makeRepository } from '../../workspaces/a-project.ts';
import { answerers, aVictim, greeters, hasIpv6, ownAddress } from './bait.ts';
import type { Aims, Need } from './probe.ts';
import { asking, type CallName } from './system-calls.ts';

/** A clone to work in, with bait all around it. */
export interface Stage extends AsyncDisposable {
  readonly root: string;
  readonly hub: Hub;
  readonly workspace: Workspace;
  readonly aims: Omit<Aims, 'upstream'>;
}

/** Lays everything out below a folder of its own, which goes with the stage. */
export async function aStage(canary: string): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const root = await realpath(await mkdtemp(join(tmpdir(), 'stage-')));
  stack.defer(async () => rm(root, { recursive: true, force: true, maxRetries: 3 }));
  const tmp = `${root}.txt`;
  stack.defer(async () => rm(tmp, { force: true }));
  const at = (...names: readonly string[]): string => join(root, ...names);
  await layFiles(root, canary);
  await writeFile(tmp, `${canary}\n`);
  makeRepository(at('user'), { 'README.md': '# A project\n', 'a.txt': 'a\n' });
  const hub = await openHub({
    home: root,
    projectId: 'p1',
    git: createGit({ gitPath: '/usr/bin/git' }),
  });
  await hub.receive(at('user'));
  const workspace = await hub.open('a1', { fresh: true });
  // Where `../beside` leads to from a clone.
  const beside = join(workspace.path, '..', 'beside');
  await mkdir(beside, { recursive: true });
  await layBeside(beside, canary);
  const victim = stack.use(await aVictim(canary, beside));
  const places = [
    { host: '0.0.0.0', port: 0 },
    { host: hasIpv6() ? '::1' : '127.0.0.1', port: 0 },
    { path: at('service.sock') },
    { path: `\0${basename(root)}` },
    { path: at('other/gateway.sock') },
  ];
  const { ports } = stack.use(await greeters(places, canary));
  const { udp, dns } = stack.use(await answerers(canary));
  const laid = stack.move();
  return {
    root,
    hub,
    workspace,
    aims: {
      canary,
      beside,
      home: at('home'),
      workspace: workspace.path,
      other: at('other'),
      tmp,
      pid: String(victim.pid),
      harness: String(process.pid),
      tcp: String(ports[0]),
      tcp6: String(ports[1]),
      udp: String(udp),
      dns: String(dns),
      unix: at('service.sock'),
      abstract: basename(root),
      address: ownAddress() ?? '',
      hostname: hostname(),
      serial: String(randomInt(1e9, 1e10)),
    },
    [Symbol.asyncDispose]: () => laid.disposeAsync(),
  };
}

async function layFiles(root: string, canary: string): Promise<void> {
  const files = [
    'home/.ssh/id_probe',
    'other/workspace/secret',
    'other/config/transcript.jsonl',
    'other/state/credentials',
  ];
  for (const file of files) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), `${canary}\n`);
  }
}

async function layBeside(beside: string, canary: string): Promise<void> {
  await mkdir(join(beside, 'doomed-folder'));
  for (const name of ['secret', 'doomed', 'wanted', `${canary}.txt`])
    await writeFile(join(beside, name), `${canary}\n`);
}

const answered = (name: CallName) => (): boolean =>
  process.arch === 'x64' && succeeds('sh', ['-c', asking(name)]);

const PRESENT: Readonly<Record<Need, () => boolean>> = {
  root: () => process.getuid?.() === 0,
  perl: () => existsSync('/usr/bin/perl'),
  x64: () => process.arch === 'x64',
  socat: () => existsSync('/usr/bin/socat'),
  address: () => ownAddress() !== undefined,
  ipv6: hasIpv6,
  sysrq: () => existsSync('/proc/sysrq-trigger'),
  pages: () => existsSync('/proc/kpageflags'),
  timers: () => existsSync('/proc/timer_list'),
  keyctl: answered('keyctl'),
  userfaultfd: answered('userfaultfd'),
  fanotify: answered('fanotify'),
  vsock: answered('vsock'),
  generic: answered('generic'),
  usernamespaces: () => succeeds('unshare', ['-Ur', 'true']),
};

/** What this machine and this user have. */
export function presentNeeds(): ReadonlySet<Need> {
  const all: readonly Need[] = [
    ...(['root', 'perl', 'x64', 'socat'] as const),
    ...(['address', 'ipv6', 'usernamespaces', 'sysrq', 'pages', 'timers'] as const),
    ...(['keyctl', 'userfaultfd', 'fanotify', 'vsock', 'generic'] as const),
  ];
  return new Set(all.filter((need) => PRESENT[need]()));
}

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
