import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { App } from '../../app.ts';
import { RUN_STATUSES } from '../../domain/run.ts';
import type { Http, Parts } from '../parts.ts';

/** Numbers for Prometheus: of this process, of its requests, and of the runs that have not ended. */
export function metricRoutes(http: Http, parts: Parts): void {
  const register = new Registry();
  collectDefaultMetrics({ register, prefix: 'harness_' });
  watchRequests(http, register);
  watchRuns(register, parts);
  for (const url of ['/metrics', '/v1/metrics'])
    http.get(url, { schema: { hide: url !== '/v1/metrics' } }, async (_, reply) => {
      reply.type(register.contentType);
      return register.metrics();
    });
}

function watchRequests(http: Http, register: Registry): void {
  const took = new Histogram({
    name: 'harness_http_request_seconds',
    help: 'Time of answered requests, by route and status',
    labelNames: ['method', 'route', 'status'],
    registers: [register],
  });
  http.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    took.observe(
      { method: request.method, route, status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
  });
}

function watchRuns(register: Registry, { app: { store }, streams }: Parts): void {
  define(register, {
    ...named('harness_runs', 'Runs that have not ended, by status', ['status']),
    async collect() {
      this.reset();
      for (const status of RUN_STATUSES) this.set({ status }, 0);
      for (const { status } of await liveRuns(store)) this.inc({ status });
    },
  });
  define(register, {
    ...named('harness_approvals_open', 'Questions that wait for a person'),
    async collect() {
      this.set(await sumOf(store, async ({ id }) => (await store.approvals.pending(id)).length));
    },
  });
  define(register, {
    ...named('harness_sessions_open', 'Sessions under way'),
    async collect() {
      this.set(await sumOf(store, ({ id }) => store.attempts.count(id, { open: true })));
    },
  });
  define(register, {
    ...named('harness_event_streams', 'Open event streams'),
    collect() {
      this.set(streams.count());
    },
  });
  define(register, {
    ...named('harness_run_tokens', 'Tokens of runs that have not ended', ['direction']),
    async collect() {
      const totals = await Promise.all(
        (await liveRuns(store)).map(({ id }) => store.usage.total(id)),
      );
      this.set({ direction: 'in' }, sum(totals.map(({ inputTokens }) => inputTokens)));
      this.set({ direction: 'out' }, sum(totals.map(({ outputTokens }) => outputTokens)));
    },
  });
}

function named<L extends string>(
  name: string,
  help: string,
  labelNames: readonly L[] = [],
): { readonly name: string; readonly help: string; labelNames: L[] } {
  return { name, help, labelNames: [...labelNames] };
}

/** A gauge that is measured when it is asked for. */
function define<L extends string>(
  register: Registry,
  settings: ConstructorParameters<typeof Gauge<L>>[0],
): void {
  register.registerMetric(new Gauge<L>({ ...settings, registers: [] }));
}

type Store = App['store'];
type Runs = Awaited<ReturnType<Store['runs']['live']>>;

async function liveRuns({ runs }: Store): Promise<Runs> {
  return [...(await runs.live('')), ...(await runs.live('rehearsal'))];
}

async function sumOf(store: Store, count: (run: Runs[number]) => Promise<number>): Promise<number> {
  return sum(await Promise.all((await liveRuns(store)).map(count)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((whole, one) => whole + one, 0);
}
