import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  findConfigFile,
  loadConfig,
  openApp,
  openHost,
  prepareProject,
  startRun,
  type App,
} from '../../src/app.ts';
import { randomUUID } from 'node:crypto';
import { caughtIn, type Caught } from '../../src/domain/caught.ts';
import type { StoredEvent } from '../../src/domain/event.ts';
import { ENDED, type Run, type RunSettings } from '../../src/domain/run.ts';
import type { WorkItem } from '../../src/domain/work-item.ts';
import type { Scenario } from '../../src/rehearsal/script.ts';
import { startRehearsal } from '../../src/rehearsal/start.ts';
import { testDatabase } from './database.ts';
import { USUAL_PATH } from './harness-cli.ts';

const silent = (): void => undefined;

export interface ProjectRun extends AsyncDisposable {
  readonly run: Run;
  readonly events: readonly StoredEvent[];
  readonly items: readonly WorkItem[];
  readonly caught: readonly Caught[];
  /** The user's folder as the run left it. */
  readonly directory: string;
}

export interface RunProjectOrder {
  readonly scenario: Scenario;
  /** Text of `orchestrator.yaml`. */
  readonly yaml?: string;
  readonly settings?: (settings: RunSettings) => RunSettings;
}

/**
 * Plays a scenario from its idea to its end in this process: real engine, agents, box, git and
 * database. The engine is one to a process, so these runs follow each other.
 */
export async function runProject(order: RunProjectOrder): Promise<ProjectRun> {
  await using stack = new AsyncDisposableStack();
  const root = await realpath(await mkdtemp(join(tmpdir(), 'harness-run-')));
  stack.defer(() => rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  const database = stack.use(await testDatabase());
  if (order.yaml !== undefined) await writeFile(join(root, 'orchestrator.yaml'), order.yaml);
  const config = loadConfig({
    file: findConfigFile(root, undefined),
    env: { HARNESS_HOME: join(root, 'home'), DATABASE_URL: database.url },
    flags: { interactive: false },
    cwd: root,
  });
  const app = await openApp({ config, path: USUAL_PATH, homeFolder: root, log: silent });
  const directory = join(root, order.scenario.name);
  try {
    const whole = await played(app, order, directory);
    const cleaning = stack.move();
    return { ...whole, directory, [Symbol.asyncDispose]: () => cleaning.disposeAsync() };
  } finally {
    await app.close();
  }
}

type Played = Pick<ProjectRun, 'run' | 'events' | 'items' | 'caught'>;

async function played(app: App, order: RunProjectOrder, directory: string): Promise<Played> {
  const rehearsal = await startRehearsal(order.scenario);
  try {
    const host = await openHost(app, {
      label: 'rehearsal',
      upstream: rehearsal.upstream,
      unsealed: 'allowed',
      capacity: 16,
    });
    try {
      const { idea, name } = rehearsal;
      const project = await prepareProject(app, {
        directory,
        name,
        existing: false,
        rehearsal: true,
        notice: () => undefined,
      });
      const rehearsed = rehearsal.settings(app.config.settings);
      const settings = order.settings?.(rehearsed) ?? rehearsed;
      const operating = { store: app.store, client: await app.client() };
      const wanted = { id: randomUUID(), projectId: project.id, idea, settings };
      const started = await startRun(operating, wanted);
      const run = await ended(app, started.id);
      const events = await app.store.events.read(project.id, { after: 0, limit: 100_000 });
      const items = await app.store.items.list(project.id);
      return { run, events, items, caught: caughtIn(events) };
    } finally {
      await host.stop();
    }
  } finally {
    await rehearsal.close();
  }
}

/** Looks twice a second: what a run took matters here, not when its end was seen. */
async function ended({ store }: App, runId: string): Promise<Run> {
  for (;;) {
    const run = await store.runs.get(runId);
    if (run !== undefined && ENDED.includes(run.status)) return run;
    await delay(500);
  }
}
