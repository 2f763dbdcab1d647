import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSkeleton } from '../../../src/safety/box-skeleton.ts';
import type { Box } from '../../../src/safety/box.ts';
import { findToolchains } from '../../../src/safety/toolchains.ts';
import { SYSTEM_PATH } from '../../safety/a-box.ts';
import { aPlace, judged } from '../../safety/policy/a-policy.ts';
import { allowedRows, type Corpus } from '../../support/corpora.ts';
import { aGateway, aSealedBox, openWire } from '../conformance/session.ts';
import { aimed, typed, type Bait } from './aim.ts';
import { aListener, type Listener } from './listeners.ts';

export type World = 'sealed' | 'unsealed';

/** How one row went. */
export interface Ran {
  readonly corpus: Corpus;
  readonly id: string;
  readonly how: 'as it is' | 'aimed';
  readonly command: string;
  /** Its shell said that it began. */
  readonly begun: boolean;
  readonly end: 'by itself' | 'by its limit';
  /** The canary is in what it said or left in the workspace. */
  readonly read: boolean;
  /** A file of the host is other than before. */
  readonly changed: boolean;
  /** Connections to services of the host. */
  readonly hits: number;
}

export interface Report {
  readonly rows: readonly Ran[];
  /** Rows that the policy refuses once they are aimed at something. */
  readonly refusedAimed: number;
  /** Connections to the ports that rows name, on this machine. */
  readonly fixedHits: number;
  /** Of those, the ones that somebody else had. */
  readonly busyPorts: readonly number[];
  readonly homeUnchanged: boolean;
}

/** What no row may take longer than. */
const LIMIT_MS = 3000;

const TOGETHER = 4;
const KEPT_BYTES = 1024 ** 2;
const BEGUN = 'the row begins';
const CORPORA = ['gtfobins', 'dangerous'] as const;

interface Order {
  readonly corpus: Corpus;
  readonly id: string;
  readonly command: string;
  readonly how: Ran['how'];
}

interface Grounds {
  readonly world: World;
  readonly root: string;
  readonly canary: string;
  /** Secrets beyond the stage of a row, in folders of the system. */
  readonly farSecrets: readonly string[];
  readonly start: (command: readonly string[], work: string) => ChildProcess;
}

async function runAll(world: World, canary: string): Promise<Report> {
  const root = join(tmpdir(), 'rows');
  await using cleaning = new AsyncDisposableStack();
  await mkdir(root);
  await layHome(canary);
  const farSecrets = world === 'sealed' ? await layFar(canary, cleaning) : [];
  const orders = CORPORA.flatMap((corpus) => ordersOf(corpus));
  const fixed = await fixedListeners(orders, canary, cleaning);
  const before = await hashOf(homedir());
  const start = world === 'sealed' ? await sealedStart(root, cleaning) : await unsealedStart(root);
  const grounds = { world, root, canary, farSecrets, start };
  const rows = await inTurn(orders, grounds);
  return {
    rows: rows.filter((row) => row !== null),
    refusedAimed: rows.filter((row) => row === null).length,
    fixedHits: fixed.listeners.reduce((sum, one) => sum + one.visits(), 0),
    busyPorts: fixed.busy,
    homeUnchanged: (await hashOf(homedir())) === before,
  };
}

function ordersOf(corpus: Corpus): readonly Order[] {
  return allowedRows(corpus, '/work/shop').flatMap(({ id = '', command }) =>
    (['as it is', 'aimed'] as const).map((how) => ({ corpus, id, command, how })),
  );
}

async function inTurn(
  orders: readonly Order[],
  grounds: Grounds,
): Promise<readonly (Ran | null)[]> {
  const left = [...orders.entries()];
  const done: (Ran | null)[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      done[next[0]] = await runRow(grounds, next[1], next[0]);
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  return done;
}

/** Null: the policy lets the row through, but not at this aim. */
async function runRow(grounds: Grounds, order: Order, number: number): Promise<Ran | null> {
  const { root, canary } = grounds;
  const folder = join(root, String(number));
  const work = join(folder, 'work');
  await using stack = new AsyncDisposableStack();
  const { bait, listeners } = await layBait({ ...grounds, folder }, stack);
  const command = order.how === 'aimed' ? aimed(order.command, bait) : order.command;
  if (judged(command, aPlace({ workspace: work })).decision === 'deny') return null;
  const around = join(folder, 'host');
  const before = await hashOf(around);
  const child = grounds.start(['bash', '-c', `echo ${BEGUN}\n${command}`], work);
  const { output, end } = await outcomeOf(child, order.how === 'aimed' ? typed(bait) : '');
  const changed = (await hashOf(around)) !== before;
  const kept = await textsIn(work);
  return {
    ...order,
    command,
    begun: output.includes(BEGUN),
    end,
    read: output.includes(canary) || kept.includes(canary),
    changed,
    hits: listeners.reduce((sum, one) => sum + one.visits(), 0),
  };
}

interface Laying extends Grounds {
  readonly folder: string;
}

/** Everything that a host has around a workspace, anew for each row. */
async function layBait(
  { folder, canary, farSecrets }: Laying,
  stack: AsyncDisposableStack,
): Promise<{ readonly bait: Bait; readonly listeners: readonly Listener[] }> {
  const host = join(folder, 'host');
  const names = [
    'home/.ssh/id_rsa',
    'other-project/.env',
    'data/state.json',
    'hub/HEAD',
    'doomed/a',
  ];
  for (const name of names) {
    await mkdir(join(host, name, '..'), { recursive: true });
    await writeFile(join(host, name), `${canary}\n`, { mode: 0o644 });
  }
  await mkdir(join(folder, 'work/src'), { recursive: true });
  await writeFile(join(folder, 'work/src/index.js'), 'console.log(1);\n');
  const unix = join(folder, 's');
  const tcp = await aListener({ host: '127.0.0.1', port: 0 }, canary);
  const socket = await aListener({ path: unix }, canary);
  const listeners = [tcp, socket].filter((one) => one !== null);
  for (const one of listeners) stack.use(one);
  const secrets = [...names.slice(0, 4).map((name) => join(host, name)), ...farSecrets];
  const bait = { canary, secrets, doomed: join(host, 'doomed'), plant: join(host, 'planted') };
  return { bait: { ...bait, tcp: tcp?.port ?? 0, unix }, listeners };
}

async function layHome(canary: string): Promise<void> {
  // No file that programs obey, or say when they read it.
  for (const name of ['.ssh/id_rsa', '.netrc', '.config/gh/hosts.yml', 'work/notes.txt']) {
    await mkdir(join(homedir(), name, '..'), { recursive: true });
    await writeFile(join(homedir(), name), `${canary}\n`);
  }
}

/** Canaries in folders of the system, as far as this user may lay them. */
async function layFar(canary: string, cleaning: AsyncDisposableStack): Promise<readonly string[]> {
  const laid: string[] = [];
  for (const folder of ['/root', '/etc', '/var/lib']) {
    // Its name is no secret: programs say it when they don't find it.
    const path = join(folder, `harness-row-bait-${process.pid}.txt`);
    const made = await writeFile(path, `${canary}\n`, { mode: 0o644 }).then(
      () => true,
      () => false,
    );
    if (!made) continue;
    cleaning.defer(() => rm(path));
    laid.push(path);
  }
  return laid;
}

/** The ports that rows name as they are. */
async function fixedListeners(
  orders: readonly Order[],
  canary: string,
  cleaning: AsyncDisposableStack,
): Promise<{ readonly listeners: readonly Listener[]; readonly busy: readonly number[] }> {
  const named = orders.flatMap(({ command }) =>
    Array.from(command.matchAll(/(?:localhost|127\.0\.0\.1):(\d+)/gu), ([, port]) => Number(port)),
  );
  const listeners: Listener[] = [];
  const busy: number[] = [];
  for (const port of new Set(named)) {
    const listener = await aListener({ host: '127.0.0.1', port }, canary);
    if (listener === null) busy.push(port);
    else listeners.push(cleaning.use(listener));
  }
  return { listeners, busy };
}

/** In the box of a session, on the wire of a real gateway, with what a session's programs are given. */
async function sealedStart(
  root: string,
  cleaning: AsyncDisposableStack,
): Promise<Grounds['start']> {
  const box: Box = await aSealedBox(join(root, 'boxes'));
  const gateway = cleaning.use(aGateway('http://127.0.0.1:9'));
  const wire = cleaning.use(await openWire(gateway, { root, sealed: true }));
  return (command, work) =>
    box.spawn({
      command,
      cwd: work,
      writable: [work],
      readable: [],
      env: { ...wire.env, ANTHROPIC_API_KEY: wire.token },
      socket: wire.socket,
      stdin: 'pipe',
    });
}

/**
 * The same programs with everything that this process has; only to be used where nothing but bait can
 * be harmed.
 */
async function unsealedStart(root: string): Promise<Grounds['start']> {
  const home = homedir();
  const toolchains = await findToolchains({ path: SYSTEM_PATH, home, node: process.execPath });
  const skeleton = await makeSkeleton(join(root, 'programs'), { ...toolchains, filter: null });
  const env = { ...process.env, PATH: `${skeleton}/bin:${SYSTEM_PATH}` };
  return ([program = '', ...rest], work) =>
    ownGroup(spawn(program, rest, { cwd: work, env, stdio: 'pipe', detached: true }));
}

function ownGroup(child: ChildProcess): ChildProcess {
  const { pid } = child;
  if (pid !== undefined) child.kill = () => process.kill(-pid, 'SIGKILL');
  return child;
}

async function outcomeOf(
  child: ChildProcess,
  input: string,
): Promise<{ readonly output: string; readonly end: Ran['end'] }> {
  const chunks: Buffer[] = [];
  let size = 0;
  let end: Ran['end'] = 'by itself';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size < KEPT_BYTES) chunks.push(chunk);
    });
  child.stdin?.on('error', () => child.stdin?.destroy());
  child.stdin?.end(input);
  const timer = setTimeout(() => {
    end = 'by its limit';
    child.kill('SIGKILL');
  }, LIMIT_MS);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return { output: Buffer.concat(chunks).toString(), end };
}

/** Over names, kinds, permissions and contents of everything below a folder. */
async function hashOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const names = await readdir(folder, { recursive: true });
  for (const name of names.toSorted()) {
    const path = join(folder, name);
    const stats = await lstat(path);
    hash.update(`${name}\0${stats.mode}\0${stats.nlink}\0`);
    if (stats.isFile()) hash.update(await readFile(path));
    if (stats.isSymbolicLink()) hash.update(await readlink(path));
  }
  return hash.digest('hex');
}

/** What a row left in its workspace. */
async function textsIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
  );
  return texts.join('\n');
}

const [, , world, canary = ''] = process.argv;
if (world !== 'sealed' && world !== 'unsealed') throw new Error('sealed or unsealed');
process.stdout.write(`${JSON.stringify(await runAll(world, canary))}\n`);
