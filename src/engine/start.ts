import { DBOS, type WorkflowQueue } from '@dbos-inc/dbos-sdk';
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError, messageOf } from '../domain/errors.ts';
import { stopWanted, type Run } from '../domain/run.ts';
import { attemptWorkflow } from './attempt-workflow.ts';
import { openEngineClient, type EngineClient } from './client.ts';
import { setEngine, type Engine, type EngineDeps } from './deps.ts';
import { endCalledOff } from './called-off.ts';
import { dispatch } from './dispatcher.ts';
import { landRun } from './landing.ts';
import { createHurry } from './hurry.ts';
import { holdLease, LEASE_OVER } from './lease.ts';
import { startLoop, type Loop } from './loop.ts';
import { APPLICATION, labelQueue, queues, VERSION } from './names.ts';
import { phaseWorkflow } from './phase-workflow.ts';
import { pipelineWorkflow } from './pipeline-workflow.ts';
import { quietLogger } from './quiet-logger.ts';
import { reap, takeUnserved } from './reaper.ts';
import { watchRoom } from './room.ts';
import { createRunning } from './running.ts';
import { hurryTracker } from './tracker-trouble.ts';
import { sweep, windDown } from './wind-down.ts';

/** An engine that takes part in the runs of its database. */
export interface StartedEngine {
  /** Rejects with `HOSTING_LOST` (exit 75) once this process can't be a worker any more. */
  readonly lost: Promise<never>;
  /** Leaves cleanly: the others see at once that nothing is hosted here any more. */
  stop(): Promise<void>;
}

/** More than any one run needs: claims keep to the run's own `parallel`. */
const WORKER_CONCURRENCY = 32;

/** What is left unfinished goes on elsewhere; parked pipelines never finish by themselves. */
const COMPLETION_MS = 1000;

/** Wake-ups come with the events; the tick is for what no event tells (time, a lost message). */
const TICK_MS = 1000;

/** Often enough to watch the result grow, seldom enough to cost nothing. */
const LANDING_MS = 10_000;

/** What is enqueued here is begun at once; these looks find what others enqueued, pipelines mostly. */
const LOOK_MS = Object.freeze({ pipelines: 250, sessions: 1000 });

/**
 * Registered when this module is loaded, before any launch; DBOS refuses a second registration.
 *
 * @public
 */
export const WORKFLOWS = Object.freeze([pipelineWorkflow, phaseWorkflow, attemptWorkflow]);

/**
 * Makes this process a worker: it carries out pipelines, phases and attempts of its label, gives out
 * work items, and takes over from dead workers; one with labels carries out only work items that carry
 * one of them. Losing its lease restarts it under a new name; where
 * that fails too, hosting is over.
 */
export async function startEngine(deps: EngineDeps): Promise<StartedEngine> {
  const client = await openEngineClient(deps);
  const lost = Promise.withResolvers<never>();
  // Whoever does not watch it learns of it in the log.
  lost.promise.catch((error: unknown) => deps.log(messageOf(error)));
  let closing = false;
  const renew = (): void => {
    if (closing) return;
    term = term.then(async (ended) => {
      try {
        await ended?.end();
        return await deps.steadily(() => begin(deps, client, renew));
      } catch (error) {
        lost.reject(hostingLost(error));
        return undefined;
      }
    });
  };
  const first = begin(deps, client, renew);
  let term: Promise<Term | undefined> = first;
  try {
    await first;
  } catch (error) {
    closing = true;
    await client.destroy();
    throw error;
  }
  return {
    lost: lost.promise,
    async stop() {
      closing = true;
      await (await term)?.end();
      await client.destroy();
    },
  };
}

function hostingLost(cause: unknown): HarnessError {
  return new HarnessError(
    'HOSTING_LOST',
    `This process lost its lease and could not take part again: ${messageOf(cause)}. Its runs go on where another process hosts them, else with \`harness resume\``,
    { exit: 75, cause },
  );
}

interface Term {
  /** Ends the term; sessions under way have been told by the lease, or are told now. */
  end(): Promise<void>;
}

/** One membership, from joining to leaving or losing the lease. */
async function begin(deps: EngineDeps, client: EngineClient, onLost: () => void): Promise<Term> {
  const lease = await holdLease(deps, onLost);
  const leaving = new AbortController();
  const engine: Engine = {
    deps,
    running: createRunning(),
    hurry: createHurry([], () => undefined),
    full: null,
    cleared: new Set(),
    lease: AbortSignal.any([lease.signal, leaving.signal]),
    executorId: lease.executorId,
    trackers: new Map(),
    lookedAt: new Map(),
    missing: new Map(),
    quietSince: new Map(),
  };
  setEngine(engine);
  try {
    const served = await deps.migrationLock(() => launch(deps, lease.executorId));
    engine.hurry = createHurry(served, noteTo(deps));
  } catch (error) {
    // What began to run must not go on without a lease; the first error is the one to tell.
    await DBOS.shutdown({ workflowCompletionTimeoutMS: COMPLETION_MS }).catch(noteTo(deps));
    await lease.leave().catch(noteTo(deps));
    throw error;
  }
  const [tick, ...others] = startLoops(engine, client);
  const silence = deps.store.events.onCommit(() => tick.wake());
  return {
    async end() {
      silence();
      leaving.abort(new HarnessError(LEASE_OVER, 'This worker is leaving'));
      // Nobody waits for this: the database may be away.
      void hurryTrackers(deps).catch(noteTo(deps));
      await Promise.all([tick, ...others].map((loop) => loop.stop()));
      // Its look may wait for a database that is away.
      await Promise.race([engine.hurry.stop(), sleep(COMPLETION_MS)]);
      await DBOS.shutdown({ workflowCompletionTimeoutMS: COMPLETION_MS });
      // Where nobody can be told of it, the lease ends by itself.
      await lease.leave().catch((error: unknown) => {
        if (!deps.databaseIsAway(error)) throw error;
        noteTo(deps)(error);
      });
    },
  };
}

async function hurryTrackers(deps: EngineDeps): Promise<void> {
  for (const run of await deps.store.runs.live(deps.label)) await hurryTracker(deps, run);
}

const noteTo =
  ({ log }: EngineDeps) =>
  (error: unknown): void =>
    log(`engine: ${messageOf(error)}`);

/** As long as the library itself would let a transaction idle: bounds how long a frozen process holds locks. */
const IDLE_LIMIT_MS = 60_000;

/**
 * The limit as part of the address, where the connection itself asks for it. The library would set it
 * by a query of its own on each new connection and let the first real query queue up behind it, which
 * pg 8 warns of and pg 9 will refuse.
 */
function withIdleLimit(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('idle_in_transaction_session_timeout', String(IDLE_LIMIT_MS));
  return url.href;
}

/** The queues that this process serves. */
async function launch(deps: EngineDeps, executorId: string): Promise<readonly WorkflowQueue[]> {
  const names = queues(deps.label);
  const special = deps.labels.map((label) => labelQueue(deps.label, label));
  const general = special.length === 0 ? [names.pipelines, names.sessions] : [];
  DBOS.setConfig({
    name: APPLICATION,
    systemDatabaseUrl: withIdleLimit(deps.databaseUrl),
    systemDatabaseIdleTransactionTimeoutMs: 0,
    applicationVersion: VERSION,
    executorID: executorId,
    systemDatabasePoolSize: 20,
    enablePatching: true,
    logger: quietLogger(deps.log),
    listenQueues: [...general, ...special],
    runAdminServer: false,
  });
  await DBOS.launch();
  return Promise.all(
    [...general, ...special].map((name) =>
      DBOS.registerQueue(name, {
        onConflict: 'always_update',
        ...(name === names.pipelines
          ? { minPollingIntervalMs: LOOK_MS.pipelines }
          : { minPollingIntervalMs: LOOK_MS.sessions, workerConcurrency: WORKER_CONCURRENCY }),
      }),
    ),
  );
}

/**
 * `tick` moves runs on, woken by every event; `care` takes over from the dead and closes what nobody
 * carries out; `landing` brings main to the user; `room` parks runs before a disk is full;
 * `haste` sees to it that no round waits long for a tracker while any run is to stop.
 */
function startLoops(
  engine: Engine,
  client: EngineClient,
): readonly [tick: Loop, ...others: Loop[]] {
  const { deps, lease } = engine;
  const onError = async (message: string): Promise<void> => {
    deps.log(`engine: ${message}`);
    await deps.mendDatabase();
  };
  // What is wrong with one run must not hold the others.
  const eachRun = async (care: (run: Run) => Promise<void>): Promise<void> => {
    for (const run of await deps.store.runs.live(deps.label))
      await care(run).catch((error: unknown) => onError(`${run.id}: ${messageOf(error)}`));
  };
  const tick = async (): Promise<void> => {
    await eachRun(async (run) => {
      if (run.control !== null) return windDown(engine, run);
      await endCalledOff(engine, run);
      return dispatch(engine, client, run);
    });
  };
  const care = async (): Promise<void> => {
    await reap(deps, engine.executorId);
    await takeUnserved(deps);
    await eachRun((run) => sweep(engine, run));
  };
  const landing = async (): Promise<void> => {
    await eachRun((run) => landRun(deps, run));
  };
  const room = async (): Promise<void> => {
    await eachRun((run) => watchRoom(engine, run));
    engine.full = null;
  };
  // A round goes from run to run: a stop waits for the trackers of all that come before.
  const haste = async (): Promise<void> => {
    const runs = await deps.store.runs.live(deps.label);
    if (runs.some(stopWanted)) await eachRun((run) => hurryTracker(deps, run));
  };
  // Between the loss of the lease and the end of the loops another round may fall due.
  const repeat = (round: () => Promise<void>, everyMs: number): Loop =>
    startLoop(async () => (lease.aborted ? undefined : round()), { everyMs, onError });
  return [
    repeat(tick, TICK_MS),
    repeat(care, Math.min(deps.leaseMs / 3, 5000)),
    repeat(landing, LANDING_MS),
    repeat(room, TICK_MS),
    repeat(haste, TICK_MS),
  ];
}
