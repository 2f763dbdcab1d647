import { connect, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { z } from 'zod';
import { login } from './login.ts';

/**
 * Every process that uses the embedded server keeps one idle connection under this name. The system
 * closes it however the process ends, so counting them tells who is still there.
 */
const KEEPER = 'harness keeper';

/** The connection by which this process counts as present. */
export interface Keeper {
  readonly client: Client;
  /** Its own connection: an idle keeper does not hold the process open. */
  readonly socket: Socket;
}

/** The keeper, or the server's error code (empty when nothing answered). */
export type KeeperLogin = { readonly keeper: Keeper } | { readonly code: string };

/** Logs in as keeper on the server's own database, so that no other one is held open by it. */
export async function keeperAt(port: number, password: string): Promise<KeeperLogin> {
  const socket = new Socket();
  const at = { host: '127.0.0.1', port, user: 'harness', password, database: 'postgres' };
  const how = { application_name: KEEPER, keepAlive: true, stream: () => socket };
  const end = await login({ ...at, ...how }, 5);
  if (end.status === 'refused') return { code: end.code };
  socket.unref();
  return { keeper: { client: end.client, socket } };
}

/** Closes the connection; the server may be gone already. */
export async function dismiss({ client, socket }: Keeper): Promise<void> {
  socket.ref();
  await client.end();
}

/**
 * Whether the server still answers, and takes connections, within 5 s. The keeper alone does not
 * tell: its own process in the server outlives a killed server by a moment, and answers.
 */
export async function answers(keeper: Keeper): Promise<boolean> {
  const asked = Promise.all([ask(keeper, 'select 1', []), knock(keeper.client.port)]).then(
    () => true,
    () => false,
  );
  return Promise.race([asked, wait(5_000, false, { ref: false })]);
}

/** `SSLRequest` of the frontend/backend protocol 3: its length, and 80877103. Answered by one byte. */
const MAY_WE_ENCRYPT = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Asks at the port, and leaves again; throws when nobody answers. To connect tells nothing: what is
 * left of a killed server still holds the port, and the system lets callers in where nobody is.
 */
async function knock(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('data', () => resolve());
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('closed without an answer')));
  socket.write(MAY_WE_ENCRYPT);
  try {
    await promise;
  } finally {
    socket.destroy();
  }
}

/** Makes the program's database when it is not there. Call it under the start lock. */
export async function createDatabase(keeper: Keeper): Promise<void> {
  const found = await ask(keeper, `select 1 from pg_database where datname = 'harness'`, []);
  if (found.length === 0) await ask(keeper, 'create database harness', []);
}

const Others = z.array(z.object({ keepers: z.int(), clients: z.int() })).length(1);

/**
 * Whether nobody else is connected. Another keeper says no at once; stray connections (a pool that
 * was closed a moment ago) get half a second to go.
 */
export async function isAlone(keeper: Keeper): Promise<boolean> {
  for (let turn = 0; turn < 10; turn += 1) {
    const [others] = Others.parse(await ask(keeper, OTHERS, [KEEPER]));
    if (others === undefined || others.keepers > 0) return false;
    if (others.clients === 0) return true;
    await wait(50);
  }
  return false;
}

const OTHERS = `
  select count(*) filter (where application_name = $1)::int as keepers, count(*)::int as clients
    from pg_stat_activity
   where backend_type = 'client backend' and pid <> pg_backend_pid()`;

/** While a question is open the keeper does hold the process open. */
async function ask(keeper: Keeper, text: string, values: readonly string[]): Promise<unknown[]> {
  keeper.socket.ref();
  try {
    return (await keeper.client.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    keeper.socket.unref();
  }
}
