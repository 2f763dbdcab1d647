import type { StoredEvent } from '../domain/event.ts';
import { unlandedIn } from '../domain/landing.ts';
import { PHASES, type PhaseState } from '../domain/phase.ts';
import type { Project, Run } from '../domain/run.ts';
import type { Silent, WhyFacts } from '../domain/why.ts';
import type { WorkItem } from '../domain/work-item.ts';
import type { OpenSession, RunStore } from '../work/run-store.ts';

export interface FactsOrder {
  readonly run: Run;
  /** A living process carries the run out. */
  readonly hosted: boolean;
  /** One that will is being started this moment. */
  readonly starting?: boolean;
  /** Labels of the living processes that take only work items with one of them; absent: none lives. */
  readonly labels?: readonly string[];
  /** It carries the run out, and gives no sign of life. */
  readonly silent?: Silent;
  /** RFC 3339. */
  readonly now: string;
}

/** What every answer about a run begins with. */
export interface RunFacts {
  readonly why: WhyFacts;
  readonly phases: readonly PhaseState[];
  /** Of earlier runs of the project too. */
  readonly items: readonly WorkItem[];
  readonly sessions: readonly OpenSession[];
}

/** Reads what the cause of a wait is told from; whether its work has landed only of a run at rest. */
export async function readFacts(
  store: RunStore,
  project: Project,
  order: FactsOrder,
): Promise<RunFacts> {
  const { run } = order;
  const [phases, items, sessions, approvals] = await Promise.all([
    store.phases.list(run.id),
    store.items.list(project.id),
    store.attempts.sessions(run.id),
    store.approvals.pending(run.id),
  ]);
  const unlanded =
    run.endedAt === null ? null : unlandedIn(await eventsAfter(store, project.id, 0));
  const why = {
    labels: [],
    ...order,
    approvals,
    items: items.filter((item) => item.runId === run.id),
    sessions: sessions.length,
    checked: sessions.filter(({ handedIn }) => handedIn).length,
    phase: currentPhase(phases),
    unlanded,
  };
  return { why, phases, items, sessions };
}

/** Where a run stands in the order of phases; null when nothing is left. */
export function currentPhase(phases: readonly PhaseState[]): string | null {
  const next = PHASES.map((name) => phases.find((one) => one.name === name)).find(
    (one) => one !== undefined && !['completed', 'skipped'].includes(one.status),
  );
  return next?.name ?? null;
}

/** All events of a project from the one after `after`, in order. */
export async function eventsAfter(
  store: Pick<RunStore, 'events'>,
  projectId: string,
  after: number,
): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const last = events.at(-1)?.id ?? after;
    const more = await store.events.read(projectId, { after: last, limit: 1000 });
    events.push(...more);
    if (more.length < 1000) return events;
  }
}
