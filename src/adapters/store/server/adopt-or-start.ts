import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { HarnessError } from '../../../domain/errors.ts';
import { chooseAccount } from './account.ts';
import { binariesIn } from './binaries.ts';
import { type Cluster, type Durability, inUse, passwordOf, prepareData } from './cluster.ts';
import { type Keeper, keeperAt } from './keeper.ts';
import { unreachable } from './login.ts';
import type { Place } from './place.ts';
import { isServer, launch, type PidFile, readPidFile } from './postmaster.ts';

/** A server that let us in. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  readonly password: string;
  readonly keeper: Keeper;
}

/** Which server, and with what it may be started. */
export interface StartOrder {
  readonly place: Place;
  readonly packageFolder: string;
  readonly path: string;
  readonly durability: Durability;
  readonly log: (line: string) => void;
  /** Where it was before, so that open pools find it again. */
  readonly port: number | null;
}

/** A killed server's children are gone within this time; a lock held longer is somebody's. */
const LINGER_MS = 10_000;
/** The same as a start may take: crash recovery of a server that another process started. */
const RECOVERY_MS = 120_000;

/**
 * Finds the running server, or starts one. Only under the start lock. Throws `DATABASE_IN_USE` when
 * the data folder is held by a server that cannot be reached from here, and what the steps throw.
 */
export async function adoptOrStart(order: StartOrder): Promise<Running> {
  const began = performance.now();
  const before = await readPidFile(order.place);
  let port = order.port ?? before?.port ?? null;
  let cluster: Cluster | null = null;
  for (;;) {
    const found = await adopt(order, began);
    if (found !== null) return found;
    cluster ??= await prepareCluster(order);
    port = await portNear(port);
    const end = await launch(cluster, port);
    if (end.status === 'ready') order.log(`database started on 127.0.0.1:${String(port)}`);
    else if (performance.now() - began > LINGER_MS) throw await shutOut(order.place);
    else await wait(100);
    if (end.status === 'port_taken') port = null;
  }
}

/** Null when nothing that answers runs here. Waits for one that is still coming up. */
async function adopt({ place }: StartOrder, began: number): Promise<Running | null> {
  let file: PidFile | null = await readPidFile(place);
  while (file !== null && !file.ready && (await isServer(file.pid, place))) {
    if (performance.now() - began > RECOVERY_MS) return null;
    await wait(50);
    file = await readPidFile(place);
  }
  if (file?.ready !== true) return null;
  const password = await passwordOf(place);
  const { pid, port } = file;
  const end = await keeperAt(port, password);
  if ('keeper' in end) return { pid, port, password, keeper: end.keeper };
  if (end.code === '28P01' && (await isServer(pid, place))) throw wrongPassword(place);
  return null;
}

async function prepareCluster(order: StartOrder): Promise<Cluster> {
  const { place, path } = order;
  const binaries = await binariesIn(order.packageFolder, place.libraries);
  const account = await chooseAccount({ place, binaries, path });
  const cluster = { ...order, binaries, account };
  await prepareData(cluster);
  return cluster;
}

/**
 * The wanted port, or a free one below the range systems give to outgoing connections: there a
 * client that retries against a dead server can end up connected to itself.
 */
async function portNear(wanted: number | null): Promise<number> {
  if (wanted !== null && (await isFree(wanted))) return wanted;
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

/** A server has the folder and does not let us in: ours (full, or not ready yet), or one elsewhere. */
async function shutOut(place: Place): Promise<HarnessError> {
  const file = await readPidFile(place);
  return file !== null && (await isServer(file.pid, place))
    ? unreachable(`127.0.0.1:${String(file.port)}`, `it runs but lets nobody in, see ${place.log}`)
    : inUse(place);
}

function wrongPassword(place: Place): HarnessError {
  return new HarnessError(
    'DATABASE_PASSWORD',
    `the database in ${place.root} does not accept the password in ${place.password}; restore that file`,
  );
}
