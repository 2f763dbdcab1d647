import {
  explained,
  onResume,
  refuseDamagedTracker,
  refuseFullDisk,
  resumeRun,
  type App,
} from '../../app.ts';
import { HarnessError, messageOf } from '../../domain/errors.ts';
import { questionName } from '../../domain/live-run.ts';
import { ENDED, type Project, type Run } from '../../domain/run.ts';
import type { Context } from '../context.ts';
import { endRun } from '../control-action.ts';
import { meantProject } from '../find-project.ts';
import type { Models } from '../hosting.ts';
import { prepareRun } from '../new-run.ts';
import type { RunOptions } from '../run-options.ts';
import { printSummary } from '../summary.ts';
import { carryOut, type Carrier } from './carrier.ts';
import type { TalkLine } from './screen.ts';
import { talkLines } from './speech.ts';
import type { ScreenStore } from './store.ts';
import { attach, watchProject } from './viewing.ts';

export interface TerminalOrder {
  readonly context: Context;
  readonly options: RunOptions;
  readonly screen: ScreenStore;
  readonly app: App;
}

interface Readying {
  readonly over: Promise<void>;
  /** The person took it back. */
  unwanted: boolean;
}

/**
 * What stands behind the prompt: at most one run at a time is carried out or watched here. All that goes
 * wrong is said in the talk, and the prompt stays.
 */
export class Terminal {
  readonly app: App;
  readonly context: Context;
  readonly screen: ScreenStore;
  readonly #options: RunOptions;
  #carrier: Carrier | undefined;
  /** What was asked to begin and has no carrier yet. */
  #readying: Readying | undefined;
  /** Settles when nothing is carried out or watched any more. */
  #over: Promise<void> = Promise.resolve();
  #watching = new AbortController();

  constructor({ app, context, options, screen }: TerminalOrder) {
    this.app = app;
    this.context = context;
    this.screen = screen;
    this.#options = options;
  }

  say(kind: TalkLine['kind'], text: string): void {
    this.screen.dispatch({ type: 'talk', lines: talkLines(kind, text) });
  }

  /** The project that is shown, with its newest run. */
  async current(): Promise<{ readonly project: Project; readonly run: Run } | undefined> {
    const { project } = this.screen.screen();
    if (project === null) return undefined;
    const run = await this.app.store.runs.latest(project.id);
    return run && { project, run };
  }

  /** Shows the project that the place names, unless its run is complete: then a new idea is what is missing. */
  async begin(): Promise<void> {
    await this.tellProjects();
    const found = await meantProject(this.app, this.context).catch((error: unknown) => {
      if (error instanceof HarnessError && error.exit === 2) return undefined;
      throw error;
    });
    if (found !== undefined && found.run.status !== 'completed') await attach(this, found.project);
    this.#rest();
  }

  /** Nothing is carried out here any more: what others do with the project that is shown is shown. */
  #rest(): void {
    this.#idle();
    const { project, activity } = this.screen.screen();
    if (project === null || activity === 'leaving') return;
    this.#watching = new AbortController();
    const watched = watchProject(this, { project, leave: this.#watching.signal });
    this.#over = watched.catch((error: unknown) => this.fail(error)).finally(() => this.#idle());
  }

  /** Builds something new. */
  start(idea: string): Promise<void> {
    return this.#begin(async () => {
      if (await this.#free()) this.#startNew(idea);
    });
  }

  #startNew(idea: string): void {
    const { app, context } = this;
    const rehearse = this.#options.rehearse === true;
    this.screen.dispatch({ type: 'detached' });
    this.#carry(rehearse, (models) =>
      prepareRun({ app, context, models, options: this.#options, idea, fresh: true }),
    );
  }

  /** Goes on with the newest run of the project that is found, if there is one to go on with. */
  resume(find: () => Promise<Project | undefined> | Project): Promise<void> {
    return this.#begin(async () => {
      const project = await find();
      if (project === undefined || !(await this.#free())) return;
      try {
        await this.#resumeNewest(project);
      } catch (error) {
        this.#rest();
        throw error;
      }
    });
  }

  /** From the wish until something carries it out: it can be taken back all the while. */
  async #begin(body: () => Promise<void>): Promise<void> {
    if (this.#readying !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#readying = { over: promise, unwanted: false };
    try {
      await body();
    } finally {
      this.#readying = undefined;
      resolve();
    }
  }

  async #resumeNewest(project: Project): Promise<void> {
    const { app } = this;
    const run = await app.store.runs.latest(project.id);
    if (run === undefined || run.status === 'completed') {
      this.#rest();
      const state = run === undefined ? 'had no run yet' : 'is complete';
      return this.say('told', `${project.name} ${state}; \`/new IDEA\` builds something`);
    }
    await attach(this, project);
    if (!ENDED.includes(run.status) && (await app.hosted(run))) return this.#rest();
    this.#carry(run.settings.label === 'rehearsal', async () => {
      await refuseFullDisk(app, project.directory);
      const placed = await refuseDamagedTracker(app, run);
      const client = await app.client();
      const change = { ...onResume(app.config, run.settings, {}), ...placed };
      return { project, start: () => resumeRun({ store: app.store, client }, run, change) };
    });
  }

  /** Waits for what is under way; false: somebody else was faster to begin. */
  async #free(): Promise<boolean> {
    await this.#settleCarried();
    if (this.screen.screen().activity !== 'idle') return false;
    this.screen.dispatch({ type: 'activity', activity: 'starting' });
    return true;
  }

  #carry(
    rehearse: boolean,
    prepare: (models: Models) => ReturnType<Parameters<typeof carryOut>[0]['prepare']>,
  ): void {
    const { app, context, screen } = this;
    if (screen.screen().activity !== 'leaving')
      screen.dispatch({ type: 'activity', activity: 'starting' });
    const carrier = carryOut({ app, context, screen, rehearse, prepare });
    this.#carrier = carrier;
    this.#over = carrier.over
      .then((run) => this.#tellEnd(run))
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.#carrier = undefined;
        this.#rest();
      });
    if (this.#readying?.unwanted === true) this.#interruptCarried();
  }

  async #tellEnd(run: Run | undefined): Promise<void> {
    const { project, activity, live } = this.screen.screen();
    if (activity === 'leaving') return;
    if (run === undefined || project === null)
      return this.say('told', 'called off: nothing was started');
    const { app, context } = this;
    const [asked] = live.questions;
    const next = asked === undefined ? 'Enter goes on' : `Enter reads ${questionName(asked)}`;
    if (run.status === 'stopped')
      this.say('told', `stopped; what the agents had made is kept. ${next}.`);
    else await printSummary({ app, output: context.output, project, run });
    await this.tellProjects();
  }

  /** Ends what is under way and gives the prompt back at once; the ending goes on behind it. */
  interrupt(): void {
    if (this.#readying !== undefined) this.#readying.unwanted = true;
    this.#interruptCarried();
  }

  #interruptCarried(): void {
    const carrier = this.#carrier;
    if (carrier === undefined) return;
    this.#ending();
    void carrier.interrupt().catch((error: unknown) => this.fail(error));
  }

  /**
   * Ends the run that is shown at its next step, whoever carries it out; what only begins never begins.
   * `stop_now`: its sessions are killed.
   */
  async stop(how: 'stop' | 'stop_now'): Promise<void> {
    const carrier = this.#carrier;
    const begins = this.#readying !== undefined || this.screen.screen().activity === 'starting';
    if (begins || (carrier !== undefined && how === 'stop_now')) return this.interrupt();
    if (carrier !== undefined) {
      this.#ending('stopping at the next step');
      return carrier.stop();
    }
    const current = await this.current();
    if (current === undefined || ENDED.includes(current.run.status))
      return this.say('told', 'nothing is under way');
    const { ended } = await endRun(this.app, current.run, how);
    this.say('told', `${current.project.name} is ${ended ?? 'asked to stop'}`);
  }

  #ending(doing = ''): void {
    const leaving = this.screen.screen().activity === 'leaving';
    this.screen.dispatch({ type: 'activity', activity: leaving ? 'leaving' : 'ending', doing });
  }

  /** Waits until nothing is carried out or watched any more; what runs is interrupted, what only waits is left. */
  async settle(): Promise<void> {
    const readying = this.#readying;
    if (readying !== undefined) {
      readying.unwanted = true;
      await readying.over;
    }
    await this.#settleCarried();
  }

  async #settleCarried(): Promise<void> {
    for (;;) {
      const over = this.#over;
      const { live, activity } = this.screen.screen();
      this.#watching.abort();
      if (activity !== 'ending') {
        if (live.status === 'waiting_approval') this.#carrier?.leave();
        else this.#interruptCarried();
      }
      await over;
      // What was carried out is watched after its end.
      if (over === this.#over) return;
    }
  }

  fail(error: unknown): void {
    this.say('warned', messageOf(explained(error)));
  }

  async tellProjects(): Promise<void> {
    const projects = (await this.app.store.projects.list()).map(({ name }) => name);
    this.screen.dispatch({ type: 'projects', projects: [...new Set(projects)] });
  }

  #idle(): void {
    if (this.screen.screen().activity !== 'leaving')
      this.screen.dispatch({ type: 'activity', activity: 'idle' });
  }
}
