import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createApp } from './app.js';
import { openStore } from './store.js';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '3000' },
    data: {
      type: 'string',
      default: fileURLToPath(new URL('../data/links.json', import.meta.url)),
    },
  },
});

const server = await createApp({ store: await openStore(values.data) });
server.listen(Number(values.port), values.host);
await once(server, 'listening');
writeSync(1, `Reading list on http://${values.host}:${server.address().port}\n`);

/** Requests under way are answered first. */
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
