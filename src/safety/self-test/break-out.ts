import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { extname, join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import type { Box } from '../box.ts';
import { callFilter } from '../call-filter.ts';
import { REPORT, WALL_NAMES, WALLS, type Aim, type Breaches } from './walls.ts';

/** The attack takes a tenth of a second. */
const ATTACK_MS = 30_000;

/** The box to be tried. */
export interface BreakOutOrder {
  readonly box: Box;
  /** Private folder of the harness. */
  readonly folder: string;
  readonly home: string;
}

/**
 * Tries to get out of the box, with a program that runs inside and with bait outside of it. Gives the
 * walls that did not hold, in words; none: all of them held. What can't be told counts as open.
 */
export async function tryToBreakOut(order: BreakOutOrder): Promise<readonly string[]> {
  const place = await mkdtemp(join(order.folder, 'self-test-'));
  try {
    return await attackFrom(place, order);
  } catch (error) {
    return [`the self-test could not be carried out: ${messageOf(error)}`];
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function attackFrom(place: string, { box, home }: BreakOutOrder): Promise<readonly string[]> {
  const work = join(place, 'work');
  await mkdir(work);
  const name = `harness-self-test-${randomBytes(8).toString('hex')}`;
  const canary = { path: join(place, 'canary'), text: name };
  await writeFile(canary.path, canary.text);
  await using bait = await layBait({ name, unixSocket: join(place, 'bait') });
  const plants = [place, home, '/', '/etc', '/usr', '/dev'].map((folder) => join(folder, name));
  const aim: Aim = {
    canary,
    homeFiles: await plainFiles(home),
    plants: [...plants, canary.path],
    port: bait.port,
    abstractSocket: name,
    unixSocket: join(place, 'bait'),
    variables: ['PATH', 'HOME', 'LANG', 'PWD', 'OLDPWD', 'SHLVL', '_'],
    filters: callFilter(process.arch) === null ? null : await ownFilters(),
    kernelFiles: KERNEL_FILES,
  };
  const { exit, output } = await box.run(orderOf(work, aim));
  const arrived = await removePlanted(plants);
  if (exit !== 0) return [`the self-test did not run to its end: ${output.slice(-300)}`];
  const breaches = reportSchema.parse(JSON.parse(await readFile(join(work, REPORT), 'utf8')));
  if ((await readFile(canary.path, 'utf8')) !== canary.text) arrived.push(canary.path);
  return open({
    ...breaches,
    write_outside: arrived[0] ?? null,
    loopback: breaches.loopback ?? (bait.visitors() === 0 ? null : 'a visitor'),
  });
}

/** How many filters of system calls this process is under itself, as in a container. */
async function ownFilters(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  return Number(/^Seccomp_filters:\s+(\d+)$/mu.exec(status)?.[1] ?? 0);
}

/** Root owns them outside, and a box of root's would be root to them. */
const KERNEL_FILES = [
  '/proc/sys/kernel/core_pattern',
  '/proc/sys/vm/panic_on_oom',
  '/proc/sysrq-trigger',
];

function orderOf(work: string, aim: Aim): Parameters<Box['run']>[0] {
  return {
    command: ['node', ATTACK, join(work, REPORT), JSON.stringify(aim)],
    cwd: work,
    writable: [work],
    readable: [ATTACK],
    env: {},
    socket: null,
    stdin: 'ignore',
    timeoutMs: ATTACK_MS,
  };
}

/** Enough to tell whether a home is shown. */
const HOME_FILES = 50;

async function plainFiles(home: string): Promise<readonly string[]> {
  const entries = await readdir(home, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).slice(0, HOME_FILES);
  return files.map((entry) => join(home, entry.name));
}

/** Those that reached the host, none of which may stay. */
async function removePlanted(plants: readonly string[]): Promise<string[]> {
  const arrived: string[] = [];
  for (const path of plants) {
    if ((await lstat(path).catch(() => undefined)) === undefined) continue;
    arrived.push(path);
    await rm(path);
  }
  return arrived;
}

/** As it stands beside this file: TypeScript in a checkout, JavaScript once built. */
const ATTACK = join(import.meta.dirname, `attack${extname(import.meta.filename)}`);

const reportSchema = z.record(z.enum(WALL_NAMES), z.string().nullable());

function open(breaches: Breaches): readonly string[] {
  return WALL_NAMES.flatMap((wall) => {
    const got = breaches[wall];
    return got === null ? [] : [`${WALLS[wall]} (got: ${got})`];
  });
}

interface Bait extends AsyncDisposable {
  readonly port: number;
  /** How many came through to one of the sockets. */
  visitors(): number;
}

async function layBait(at: { readonly name: string; readonly unixSocket: string }): Promise<Bait> {
  let count = 0;
  const places: readonly ListenOptions[] = [
    { host: '127.0.0.1', port: 0 },
    { path: at.unixSocket },
    { path: `\0${at.name}` },
  ];
  await using laying = new AsyncDisposableStack();
  const servers: Server[] = [];
  for (const place of places) {
    const server = createServer((socket) => {
      count += 1;
      socket.destroy();
    });
    server.listen(place);
    await once(server, 'listening');
    laying.defer(async () => server[Symbol.asyncDispose]());
    servers.push(server);
  }
  const laid = laying.move();
  const address = servers[0]?.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    visitors: () => count,
    [Symbol.asyncDispose]: () => laid.disposeAsync(),
  };
}
