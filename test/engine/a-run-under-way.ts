import { randomUUID } from 'node:crypto';
import type { Approval } from '../../src/domain/approval.ts';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { HarnessEvent } from '../../src/domain/event.ts';
import { PHASES, type PhaseName, type PhaseSettings } from '../../src/domain/phase.ts';
import { readPlan } from '../../src/phases/plan-output.ts';
import { ENDED, type Run, type RunSettings } from '../../src/domain/run.ts';
import { createAlarm } from '../../src/cli/alarm.ts';
import { answerApproval, type AnswerOrder } from '../../src/engine/answer-approval.ts';
import { resumeRun, startRun } from '../../src/engine/operations.ts';
import { SETTINGS } from '../support/a-run.ts';
import type { TestHost } from './a-host.ts';
import { planOf, type PlannedItem, type Playing } from './plays.ts';

/** Far longer than anything here takes, on a busy machine and beside other tests too. */
const PATIENCE_MS = 240_000;

const QUICK: Partial<RunSettings> = { retryDelayMs: 50, maxLimitWaitMs: 60_000 };

/** The usual settings without a deployment, and what is different in one phase. */
function quickSettings(
  changes: Partial<RunSettings> = {},
  phases: Partial<Record<PhaseName, Partial<PhaseSettings>>> = {},
): RunSettings {
  const usual = { ...SETTINGS.phases, deploy: { ...SETTINGS.phases.deploy, enabled: false } };
  const merged = Object.fromEntries(
    Object.entries(usual).map(([name, one]) => [
      name,
      { ...one, ...Object.entries(phases).find(([other]) => other === name)?.[1] },
    ]),
  );
  return { ...SETTINGS, ...QUICK, ...changes, phases: { ...usual, ...merged } };
}

/** Starts a run of a new project, whose sessions play this. */
export async function aRunOf(
  host: TestHost,
  play: Playing,
  settings: RunSettings = quickSettings(),
): Promise<Run> {
  const projectId = await host.project(play);
  const order = { id: randomUUID(), projectId, idea: 'a shop', settings };
  return startRun(host, order);
}

/** Only these phases are carried out. */
export function only(
  names: readonly PhaseName[],
  changes: Partial<RunSettings> = {},
  phase: Partial<PhaseSettings> = {},
): RunSettings {
  const of = (name: PhaseName) => ({ enabled: names.includes(name), ...phase });
  return quickSettings(changes, Object.fromEntries(PHASES.map((name) => [name, of(name)])));
}

interface ItemsOrder {
  readonly play: Playing;
  readonly items: readonly PlannedItem[];
  readonly settings?: Partial<RunSettings>;
}

/** A pending run that has nothing to do but these work items, each done once its file is there. */
export async function aRunOfItems(host: TestHost, order: ItemsOrder): Promise<Run> {
  const projectId = await host.project(order.play);
  const settings = only(['implement'], order.settings);
  const run = await host.store.runs.create({
    id: randomUUID(),
    projectId,
    idea: 'a shop',
    settings,
  });
  const plan = readPlan(planOf(order.items));
  if (!plan.ok) throw new Error(plan.faults.join(' '));
  const labels = new Map(order.items.map((item) => [item.key, item.labels ?? []]));
  const drafts = plan.plan.items.map((item) =>
    Object.assign({}, item, { labels: labels.get(item.key) ?? [] }),
  );
  await host.store.items.add(run.id, drafts, 'a test');
  return run;
}

/** Starts such a run. */
export async function anImplementation(host: TestHost, order: ItemsOrder): Promise<Run> {
  return resumeRun(host, await aRunOfItems(host, order), {});
}

/** Waits until `look` finds something, looking after every commit. */
export async function until<T>(
  { store }: TestHost,
  look: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  const alarm = createAlarm(1000);
  const silence = store.events.onCommit(() => alarm.ring());
  try {
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (Date.now() > deadline) throw new Error('it never came to that');
      await alarm.wait();
    }
  } finally {
    silence();
    alarm.stop();
  }
}

/** The run once it has one of these states. */
export function reached(host: TestHost, { id }: Run, ...states: readonly string[]): Promise<Run> {
  return until(host, async () => {
    const run = await host.store.runs.get(id);
    return run !== undefined && states.includes(run.status) ? run : undefined;
  });
}

export const over = (host: TestHost, run: Run): Promise<Run> => reached(host, run, ...ENDED);

export async function eventsOf({ store }: TestHost, run: Run): Promise<readonly HarnessEvent[]> {
  const stored = await store.events.read(run.projectId, { after: 0, limit: 10_000 });
  return stored.map(({ event }) => event);
}

/** The attempts of a role, oldest first. */
export async function attemptsOf(
  { store }: TestHost,
  run: Run,
  role: string,
): Promise<readonly Attempt[]> {
  return (await store.attempts.list(run.id)).filter((one) => one.role === role);
}

/** A person's answer to the question about a phase or a work item. */
export async function answered(
  host: TestHost,
  run: Run,
  { about, answer }: Pick<AnswerOrder, 'about' | 'answer'>,
): Promise<Approval> {
  const project = await host.store.projects.get(run.projectId);
  if (project === undefined) throw new Error('the run has no project');
  return answerApproval(host, { run, project, about, state: null, answer });
}
