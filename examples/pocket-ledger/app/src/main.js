import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createLedger } from './server.js';
import { openStore } from './store.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3000' },
    data: { type: 'string', default: 'ledger.json' },
  },
});
const server = await createLedger(openStore(values.data));
server.listen(Number(values.port), '127.0.0.1', () => {
  writeSync(1, `Pocket Ledger on http://127.0.0.1:${server.address().port}\n`);
});
