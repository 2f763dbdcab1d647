import { once } from 'node:events';
import { Pool } from 'pg';
import { openJsonTracker } from '../../../src/adapters/trackers/json.ts';
import { openPostgresTracker } from '../../../src/adapters/trackers/postgres.ts';
import type { TrackerClaim, WorkTracker } from '../../../src/work/tracker.ts';
import { aLinearTracker } from './linear/a-linear-tracker.ts';

// One process of a race: opens its store, says so, and claims what it is told to, one after the other.
const [store = '', place = '', projectId = '', ...keys] = process.argv.slice(2);
const pool = store === 'postgres' ? new Pool({ connectionString: place, max: 1 }) : null;

function open(): WorkTracker {
  if (pool !== null) return openPostgresTracker({ pool, projectId });
  if (store === 'linear') return aLinearTracker({ apiUrl: place }, { project: projectId });
  return openJsonTracker({ file: place, project: 'race' });
}

const tracker = open();
await tracker.list();
process.send?.('ready');
await once(process, 'message');
const claims: TrackerClaim[] = [];
for (const key of keys)
  claims.push(...[(await tracker.claim(key, `process ${process.pid}`)) ?? []].flat());
await pool?.end();
process.send?.({ claims });
process.disconnect();
