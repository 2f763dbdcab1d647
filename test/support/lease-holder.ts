import { connectionPool } from '../../src/adapters/store/connect.ts';
import { openStore } from '../../src/adapters/store/open-store.ts';
import { readHostIdentity } from '../../src/engine/host-identity.ts';
import { holdLease } from '../../src/engine/lease.ts';
import { newId } from '../../src/new-id.ts';

/* A process that takes part as a worker of a label, again whenever it lost that, and does nothing else: `URL LABEL LEASE_MS`. */
const [url = '', label = '', leaseMs = ''] = process.argv.slice(2);
const pool = connectionPool(url, { applicationName: 'harness-test', max: 2 });
const identity = await readHostIdentity(newId);
const deps = {
  store: openStore({ pool }),
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  leaseMs: Number(leaseMs),
  newIdentity: () => ({ ...identity.newIdentity(label), labels: [] }),
  log: () => undefined,
};
const hold = async (): Promise<void> => void (await holdLease(deps, () => void hold()));
await hold();
process.stdout.write('holds it\n');
