import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { connectionPool } from '../../../src/adapters/store/connect.ts';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import type { Attempt, AttemptEnd, Fence } from '../../../src/domain/attempt.ts';
import type { HarnessEvent } from '../../../src/domain/event.ts';
import { PHASES } from '../../../src/domain/phase.ts';
import type { Run, RunSettings, RunStatus } from '../../../src/domain/run.ts';
import type { ItemDraft } from '../../../src/domain/work-item.ts';
import type { ClaimedItem, InTransaction, RunStore } from '../../../src/work/run-store.ts';
import { SETTINGS } from '../../support/a-run.ts';
import { testDatabase } from '../../support/database.ts';

export { SETTINGS };

/** The first to open a store starts the server they all share, on a busy machine slowly. */
export const SERVER_START_MS = 60_000;

export interface TestStore extends AsyncDisposable {
  readonly store: RunStore;
  readonly pool: Pool;
  readonly url: string;
}

/** A store on a database of its own. */
export async function aStore(): Promise<TestStore> {
  const database = await testDatabase();
  const pool = connectionPool(database.url, { applicationName: 'harness-test', max: 20 });
  const store = openStore({ pool });
  return {
    store,
    pool,
    url: database.url,
    async [Symbol.asyncDispose]() {
      await store.close();
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

export const nothingElse: InTransaction = () => Promise.resolve();

export const brokenCompanion: InTransaction = () => Promise.reject(new Error('no queue'));

/** Eight that do the same at once: what they got, and what they were refused with. */
export async function eightAtOnce<T>(
  act: (at: number) => Promise<T>,
): Promise<{ readonly got: readonly T[]; readonly refused: readonly unknown[] }> {
  const ends = await Promise.allSettled(Array.from({ length: 8 }, (_, at) => act(at)));
  return {
    got: ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])),
    refused: ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : [])),
  };
}

export async function aProject(store: RunStore): Promise<string> {
  const { id } = await store.projects.ensure({ directory: `/p/${randomUUID()}`, name: 'shop' });
  return id;
}

/** A running run of a new project. */
export async function aRun(store: RunStore, settings: Partial<RunSettings> = {}): Promise<Run> {
  const projectId = await aProject(store);
  const order = { id: `run:${randomUUID()}`, projectId, idea: 'a shop' };
  const run = await store.runs.create({ ...order, settings: { ...SETTINGS, ...settings } });
  await store.runs.setStatus(run, 'running', null);
  return { ...run, status: 'running' };
}

/** Sets its status, whatever it is by now. */
export async function moveTo(
  store: RunStore,
  { id }: Run,
  to: { readonly status: RunStatus; readonly reason?: string },
): Promise<void> {
  const run = await store.runs.get(id);
  if (run === undefined) throw new Error(`no run ${id}`);
  await store.runs.setStatus(run, to.status, to.reason ?? null);
}

export function aDraft(draft: Partial<ItemDraft> & { readonly key: string }): ItemDraft {
  const checks = [{ kind: 'command', run: 'npm test', exit: 0 }] as const;
  const rest = { title: `Make ${draft.key}`, description: 'as agreed', dependencies: [], checks };
  return { priority: 3, ...rest, ...draft };
}

/** Adds items of these keys. */
export function addItems(store: RunStore, run: Run, ...keys: readonly string[]): Promise<void> {
  return store.items.add(
    run.id,
    keys.map((key) => aDraft({ key })),
    'task_breakdown',
  );
}

export function claim(
  store: RunStore,
  run: Run,
  {
    parallel = 3,
    labels = [],
    also = () => nothingElse,
  }: {
    readonly parallel?: number;
    readonly labels?: readonly string[];
    readonly also?: (claimed: ClaimedItem) => InTransaction;
  } = {},
): Promise<ClaimedItem | undefined> {
  const order = { parallel, labels, attemptId: randomUUID(), sessionId: randomUUID() };
  return store.items.claimNext(run.id, order, also);
}

/** A claimed item `API-1` and the fence of its only execution. */
export async function aClaim(
  store: RunStore,
  run: Run,
): Promise<{ readonly attempt: Attempt; readonly fence: Fence }> {
  if ((await store.items.get(run.projectId, 'API-1')) === undefined)
    await addItems(store, run, 'API-1');
  const attempt = (await claim(store, run))?.attempt;
  const fence = attempt && (await store.attempts.takeFence(attempt.id, 'worker-1'));
  if (attempt === undefined || fence === undefined) throw new Error('API-1 was not to be had');
  return { attempt, fence };
}

export async function eventsOf(store: RunStore, run: Run): Promise<readonly HarnessEvent[]> {
  const stored = await store.events.read(run.projectId, { after: 0, limit: 1000 });
  return stored.map(({ event }) => event);
}

/** What happened in the project, in order. */
export async function typesOf(store: RunStore, run: Run): Promise<readonly string[]> {
  return (await eventsOf(store, run)).map(({ type }) => type);
}

export async function statusesOf(store: RunStore, run: Run): Promise<Record<string, string>> {
  const phases = await store.phases.list(run.id);
  return Object.fromEntries(PHASES.map((name, at) => [name, phases[at]?.status ?? 'missing']));
}

/** An end as most attempts have it. */
export const DONE: AttemptEnd = { status: 'succeeded', commit: 'c1', text: null };

/** What `close` is told beside the end. */
export const ORDER = { itemMaxAttempts: 3, delayMs: 60_000, events: [] };

/** Every row of the project that a write could have touched. */
export async function everything(pool: Pool, run: Run): Promise<unknown> {
  const of = (table: string) =>
    pool.query(`select * from harness.${table} where project_id = $1`, [run.projectId]);
  const tables = ['event', 'item', 'attempt', 'session', 'outbox', 'evidence', 'sequence'];
  return Promise.all(tables.map(async (table) => (await of(table)).rows));
}
