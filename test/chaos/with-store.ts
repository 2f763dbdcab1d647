import { connectionPool } from '../../src/adapters/store/connect.ts';
import { openStore } from '../../src/adapters/store/open-store.ts';
import { openServer } from '../../src/adapters/store/server/open-server.ts';
import type { RunStore } from '../../src/work/run-store.ts';
import type { Arena } from './arena.ts';

/** Opens the store of an arena, whichever database it has. */
export async function withStore<T>(
  arena: Arena,
  body: (store: RunStore) => Promise<T>,
): Promise<T> {
  const { home, databaseUrl } = arena;
  const server = await openServer({ home, databaseUrl, log: () => undefined });
  const pool = connectionPool(server.url, { applicationName: 'chaos', max: 4 });
  const store = openStore({ pool });
  try {
    return await body(store);
  } finally {
    await store.close();
    await pool.end();
    await server.release();
  }
}
