import { once } from 'node:events';
import { Pool } from 'pg';
import { openJsonTracker } from '../../../src/adapters/trackers/json.ts';
import { openPostgresTracker } from '../../../src/adapters/trackers/postgres.ts';

// One process of a race: opens its store, says so, and claims when it is told to.
const [store = '', place = '', projectId = '', key = ''] = process.argv.slice(2);
const pool = store === 'postgres' ? new Pool({ connectionString: place, max: 1 }) : null;
const tracker =
  pool === null
    ? openJsonTracker({ file: place, project: 'race' })
    : openPostgresTracker({ pool, projectId });

await tracker.list();
process.send?.('ready');
await once(process, 'message');
const claim = await tracker.claim(key, `process ${process.pid}`);
await pool?.end();
process.send?.({ claim: claim ?? null });
process.disconnect();
