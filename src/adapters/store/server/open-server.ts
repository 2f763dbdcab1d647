import { hasCode, messageOf } from '../../../domain/errors.ts';
import { adoptOrStart, type Running, type StartOrder } from './adopt-or-start.ts';
import { installedPackage } from './binaries.ts';
import { diskFull, type Durability } from './cluster.ts';
import { SYSTEM_PATH } from './command.ts';
import type { DatabaseServer } from './database-server.ts';
import { openExternal } from './external-server.ts';
import { answers, createDatabase, dismiss, isAlone } from './keeper.ts';
import { placeIn, preparePlace } from './place.ts';
import { stopServer } from './postmaster.ts';
import { withStartLock } from './start-lock.ts';

/** Whose server is wanted. */
export interface ServerOrder {
  /** HARNESS_HOME: the embedded server lives in its folder `postgres`. */
  readonly home: string;
  /** DATABASE_URL, or null for the embedded server. */
  readonly databaseUrl: string | null;
  readonly log: (line: string) => void;
  /**
   * Called by the last one out, while the embedded server still answers at this address and nobody
   * else uses it; what it returns is called once the server is down. Neither keeps it from going down.
   */
  readonly atLast?: (url: string) => Promise<() => Promise<void>>;
}

/** What only tests and unusual systems change. */
export interface EmbeddedOrder extends Omit<ServerOrder, 'databaseUrl'> {
  readonly durability: Durability;
  /** The unpacked npm package with the binaries. */
  readonly packageFolder: string;
  /** Where flock, unshare and setpriv are found. */
  readonly path: string;
}

/**
 * The database server of this home: the one in DATABASE_URL, the embedded one that already runs, or
 * a new one. Any number of processes may call at once; one starts it, the others adopt it. It
 * survives the death of its starter. Throws HarnessErrors whose codes begin with `DATABASE_`.
 */
export function openServer(order: ServerOrder): Promise<DatabaseServer> {
  if (order.databaseUrl !== null) return openExternal(order.databaseUrl);
  const packageFolder = installedPackage();
  return openEmbedded({ ...order, packageFolder, durability: 'full', path: SYSTEM_PATH });
}

/** The embedded server, with everything said. */
export async function openEmbedded(order: EmbeddedOrder): Promise<DatabaseServer> {
  const place = placeIn(order.home);
  try {
    await preparePlace(place);
    const server = new EmbeddedServer({ ...order, place, port: null });
    await server.ensure();
    return server;
  } catch (error) {
    throw ['ENOSPC', 'EDQUOT'].some((code) => hasCode(error, code)) ? diskFull(place) : error;
  }
}

class EmbeddedServer implements DatabaseServer {
  readonly kind = 'embedded';
  readonly #order: StartOrder & Pick<EmbeddedOrder, 'atLast'>;
  #running: Running | null = null;
  #ensuring: Promise<void> | null = null;
  #released: Promise<void> | null = null;

  constructor(order: StartOrder & Pick<EmbeddedOrder, 'atLast'>) {
    this.#order = order;
  }

  get url(): string {
    const { port, password } = this.#last();
    return `postgresql://harness:${password}@127.0.0.1:${String(port)}/harness`;
  }

  ensure(): Promise<void> {
    this.#ensuring ??= this.#ensure().finally(() => {
      this.#ensuring = null;
    });
    return this.#ensuring;
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #ensure(): Promise<void> {
    const before = this.#running;
    if (this.#released !== null || (before !== null && (await answers(before.keeper)))) return;
    const { place, log } = this.#order;
    this.#running = await withStartLock(place, log, async () => {
      const running = await adoptOrStart({ ...this.#order, port: before?.port ?? null });
      await createDatabase(running.keeper);
      return running;
    });
    if (before !== null) await dismiss(before.keeper);
  }

  async #release(): Promise<void> {
    await this.#ensuring?.catch(() => false);
    const { place, log } = this.#order;
    const { keeper, pid } = this.#last();
    await withStartLock(place, log, async () => {
      const last = await isAlone(keeper).catch(() => false);
      const afterwards = last ? await this.#parting(() => this.#order.atLast?.(this.url)) : null;
      await dismiss(keeper);
      if (!last || !(await stopServer(place, pid))) return;
      log('database stopped');
      await this.#parting(() => afterwards?.());
    });
  }

  async #parting<T>(body: () => Promise<T> | undefined): Promise<T | null> {
    try {
      return (await body()) ?? null;
    } catch (error) {
      this.#order.log(`what the database left behind was not noted: ${messageOf(error)}`);
      return null;
    }
  }

  #last(): Running {
    if (this.#running === null) throw new TypeError('the server was never opened');
    return this.#running;
  }
}
