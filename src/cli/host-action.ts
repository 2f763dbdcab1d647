import { ENDED, type Project, type Run } from '../domain/run.ts';
import { announceHost, openHeart, resumeRun, type App, type Heart, type Host } from '../app.ts';
import { createAlarm, type Alarm } from './alarm.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp } from './context.ts';
import { hosting, openModels } from './hosting.ts';
import { interrupted } from './interrupts.ts';
import { keepSnapshot, unlessUnwritten } from './refresh-snapshot.ts';

/** Flags of `host`, as commander gives them. */
export interface HostOptions extends CommonOptions {
  readonly rehearse?: boolean;
}

/**
 * What a server has its runs carried out by: a worker that keeps the snapshots of all of them and
 * ends itself when there is nothing to do. Interrupted it leaves, and its runs go on with the next one.
 */
export async function hostAction(options: HostOptions): Promise<void> {
  const context = openContext(options);
  const label = options.rehearse === true ? 'rehearsal' : '';
  const quiet = await announceHost(context.config.home, label);
  const models = await openModels(context.config, label !== '');
  try {
    await withApp(context, (app) =>
      hosting({ app, context, models }, (host) => new Keeping(app, host, label).untilIdle()),
    );
  } finally {
    await models.rehearsal?.close();
    await quiet();
  }
}

const LOOK_MS = 500;

const CUT = 'The host left before all was closed; the next one takes its runs up';

/** Nothing to do for so long, and it ends; whoever needs it starts another one. */
const IDLE_MS = 30_000;

interface Kept {
  readonly project: Project;
  readonly heart: Heart;
}

class Keeping {
  readonly #app: App;
  readonly #host: Host;
  readonly #label: string;
  readonly #kept = new Map<string, Kept>();
  #busyAt = performance.now();
  #leaving = false;

  constructor(app: App, host: Host, label: string) {
    this.#app = app;
    this.#host = host;
    this.#label = label;
  }

  async untilIdle(): Promise<void> {
    const alarm = createAlarm(LOOK_MS);
    try {
      // A look lasts until there is a database; whoever is told to leave does not wait for that.
      await Promise.race([this.#whileBusy(alarm), interrupted({ cut: CUT })]);
    } finally {
      this.#leaving = true;
      alarm.stop();
      for (const { heart } of this.#kept.values()) await heart.stop();
    }
  }

  async #whileBusy(alarm: Alarm): Promise<void> {
    while (!this.#leaving && performance.now() - this.#busyAt < IDLE_MS) {
      await this.#app.steadily(() => this.#look());
      await alarm.wait();
    }
  }

  async #look(): Promise<void> {
    const { store } = this.#app;
    const live = await store.runs.live(this.#label);
    if (live.some(({ status }) => status !== 'waiting_approval')) this.#busyAt = performance.now();
    for (const run of live) await this.#show(run);
    for (const [runId, kept] of this.#kept) {
      const run = await store.runs.get(runId);
      if (run === undefined || !ENDED.includes(run.status)) continue;
      this.#kept.delete(runId);
      await kept.heart.stop();
      await keepSnapshot(this.#app, kept.project, run);
    }
  }

  async #show(run: Run): Promise<void> {
    const { store } = this.#app;
    if (run.status === 'pending' && run.settings.served === true)
      await resumeRun({ store, client: await this.#app.client() }, run, {});
    const kept = this.#kept.get(run.id) ?? (await this.#begin(run));
    if (kept === undefined) return;
    const snapshot = await keepSnapshot(this.#app, kept.project, run);
    const newest = (await store.runs.newest())?.id === run.id;
    await unlessUnwritten(() => kept.heart.beat(snapshot, newest));
  }

  async #begin(run: Run): Promise<Kept | undefined> {
    const { store, config } = this.#app;
    const project = await store.projects.get(run.projectId);
    if (project === undefined) return undefined;
    const { unsealed } = this.#host;
    if (unsealed !== null && (await store.events.unsealed(project.id, run.id)) === null)
      await store.events.append(project.id, run.id, [{ type: 'run.unsealed', reason: unsealed }]);
    const kept = { project, heart: await openHeart(config.home, project.id) };
    this.#kept.set(run.id, kept);
    return kept;
  }
}
