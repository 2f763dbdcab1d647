import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionPool } from '../../src/adapters/store/connect.ts';
import { openStore } from '../../src/adapters/store/open-store.ts';
import { openPins } from '../../src/gateway/mcp/pins.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { aBody, call } from '../gateway/wiring.ts';

/**
 * A process that spends all a run has: sessions at once, each asking its gateway again and again until
 * it is told that nothing is left. It ends then, if nobody kills it before.
 */
const SESSIONS = 4;
const [, , databaseUrl = '', upstream = '', projectId = '', runId = '', budget = ''] = process.argv;
const executorId = `spender-${process.pid}`;
const pool = connectionPool(databaseUrl, { applicationName: 'harness-test', max: 5 });
const store = openStore({ pool });
const identity = {
  pid: process.pid,
  pidStarted: '1',
  hostId: 'h',
  bootId: 'b',
  label: '',
  labels: [],
};
await store.workers.join({ executorId, ...identity }, 600_000);
const gateway = createGateway({
  upstream: { baseUrl: upstream, credential: null },
  ledger: store.reservations,
  record: () => undefined,
  egress: {
    hosts: [],
    registries: { npm: null, scopes: {}, pypi: null },
    resolve: () => Promise.resolve([]),
  },
  mcp: { servers: [], pins: openPins('/nowhere') },
  providerTools: [],
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  newId: randomUUID,
});

async function spendAll(sessionId: string): Promise<void> {
  await using wire = await gateway.open({
    projectId,
    runId,
    subject: { attempt: sessionId, phase: 'implement', role: 'coder', item: null },
    attempt: 1,
    sessionId,
    attribution: false,
    model: 'claude-haiku-4-5',
    caps: { runUsd: Number(budget), sessionUsd: null, dayUsd: Number(budget) },
    owner: executorId,
    sealed: false,
    folder: await mkdtemp(join(tmpdir(), 'hx-')),
  });
  const body = aBody({ max_tokens: 20_000, stream: true });
  while (wire.verdict() === null) await call(wire, { body });
}

process.stdout.write('ready\n');
await Promise.all(Array.from({ length: SESSIONS }, () => spendAll(randomUUID())));
await gateway.close();
await store.workers.leave(executorId);
await store.close();
await pool.end();
