import { health, healthDetailed } from '../contract/resources.ts';
import type * as contract from '../contract.ts';
import type { Http, Parts } from '../parts.ts';

const began = performance.now();

/** Whether this server can do its work: for people, probes and proxies. */
export function healthRoutes(http: Http, parts: Parts): void {
  const answers = { 200: health, 503: health };
  for (const url of ['/health', '/health/ready'])
    http.get(url, { config: { open: true }, schema: { response: answers } }, async (_, reply) => {
      const { latency_ms: latency } = await databaseHealth(parts);
      if (latency !== null) return basic(parts, 'healthy');
      reply.code(503);
      return basic(parts, 'unhealthy');
    });
  http.get(
    '/health/live',
    { config: { open: true }, schema: { response: { 200: health } } },
    async () => basic(parts, 'healthy'),
  );
  http.get('/health/detailed', { schema: { response: { 200: healthDetailed } } }, () =>
    detailed(parts),
  );
}

function basic({ version }: Parts, status: contract.Health['status']): contract.Health {
  return { status, version, uptime_seconds: Math.round((performance.now() - began) / 100) / 10 };
}

/** A probe waits no longer. */
const PATIENCE_MS = 2000;

async function databaseHealth({ app }: Parts): Promise<contract.HealthDetailed['database']> {
  const from = performance.now();
  const late = new Promise<false>((resolve) => {
    setTimeout(() => resolve(false), PATIENCE_MS).unref();
  });
  const answered = app.store.runs.newest().then(
    () => true,
    () => false,
  );
  if (!(await Promise.race([answered, late]))) return { status: 'away', latency_ms: null };
  return { status: 'connected', latency_ms: Math.round((performance.now() - from) * 10) / 10 };
}

async function detailed(parts: Parts): Promise<contract.HealthDetailed> {
  const { app, streams } = parts;
  const database = await databaseHealth(parts);
  const away = database.latency_ms === null;
  const workers = away ? [] : await app.store.workers.live();
  return {
    ...basic(parts, away ? 'unhealthy' : 'healthy'),
    database,
    workers: workers.length,
    runs: away ? {} : await runCounts(parts),
    event_streams: streams.count(),
    hosting: [...parts.keeper.hosts.states()],
    rehearsal_only: app.config.credential === null,
  };
}

async function runCounts({ app: { store } }: Parts): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const label of ['', 'rehearsal'])
    for (const { status } of await store.runs.live(label))
      counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
