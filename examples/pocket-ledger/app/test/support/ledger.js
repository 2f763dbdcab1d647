import { once } from 'node:events';
import { createLedger } from '../../src/server.js';

/** Starts the application over these entries until the test ends. */
export async function startLedger(t, given = []) {
  let entries = [...given];
  const store = {
    list: () => entries,
    add: (entry) => entries.push({ ...entry, id: entries.length + 1 }),
    remove(id) {
      const left = entries.filter((one) => one.id !== id);
      const removed = left.length < entries.length;
      entries = left;
      return removed;
    },
  };
  const server = await createLedger(store);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const base = `http://127.0.0.1:${server.address().port}`;
  return {
    get: async (path) => (await fetch(base + path)).text(),
    post: (path, fields) =>
      fetch(base + path, {
        method: 'POST',
        body: new URLSearchParams(fields),
        redirect: 'manual',
      }),
    entries: () => entries,
  };
}
