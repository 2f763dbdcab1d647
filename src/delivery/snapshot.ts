import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Approval } from '../domain/approval.ts';
import { hasCode } from '../domain/errors.ts';
import { shownStatus, type PhaseState, type ShownPhaseStatus } from '../domain/phase.ts';
import { ENDED, type Project, type Run, type RunStatus } from '../domain/run.ts';
import type { Usage } from '../domain/usage.ts';
import { whyRun } from '../domain/why.ts';
import type { WorkItem } from '../domain/work-item.ts';
import type { OpenSession, RunStore } from '../work/run-store.ts';
import { currentPhase, readFacts, type FactsOrder } from './why-facts.ts';
import { plainJson } from '../safety/plain-json.ts';

export const SNAPSHOT_FILE = '.orchestrator_state.json';

/** What people and scripts read of a run; a view, never the truth. Field names are a contract. */
export interface Snapshot {
  readonly version: 1;
  readonly project_id: string;
  readonly project_name: string;
  /** Where the project is: a copied folder takes the file along. */
  readonly directory: string;
  readonly run_id: string;
  readonly status: RunStatus;
  readonly rehearsal: boolean;
  /** Why agents work without a box; null: all are sealed. */
  readonly unsealed: string | null;
  readonly current_phase: string | null;
  readonly phases: Readonly<Record<string, PhaseRow>>;
  readonly work: WorkCounts;
  /** What has waited longest for a person; all of it is in `approvals`. */
  readonly approval: { readonly phase: string; readonly asked_at: string } | null;
  readonly approvals: readonly QuestionRow[];
  readonly sessions: readonly SessionRow[];
  readonly usage: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly cost_usd: number | null;
    readonly budget_usd: number | null;
  };
  readonly why: string;
  readonly heartbeat: string;
  readonly updated_at: string;
}

interface PhaseRow {
  readonly status: ShownPhaseStatus;
  readonly attempts: number;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly error: string | null;
  readonly outputs: readonly string[];
}

interface WorkCounts {
  readonly todo: number;
  readonly in_progress: number;
  readonly done: number;
  readonly blocked: number;
  readonly total: number;
  readonly completion_percentage: number;
}

interface QuestionRow {
  readonly phase: string;
  readonly item: string | null;
  /** Beginning of the hash of what is asked about, for `harness approve --state`. */
  readonly state: string;
  readonly asked_at: string;
  readonly question: string;
  /** What an agent changed of files that only a person may change (I4). */
  readonly files: readonly {
    readonly path: string;
    readonly deed: string;
    readonly because: string;
  }[];
  readonly diff: string | null;
}

interface SessionRow {
  readonly id: string;
  readonly role: string;
  readonly item: string | null;
  readonly started_at: string;
  readonly last_event_at: string | null;
  /** It is over, and what it made is being checked. */
  readonly checked: boolean;
}

interface Facts {
  readonly project: Project;
  readonly run: Run;
  readonly phases: readonly PhaseState[];
  readonly items: readonly WorkItem[];
  readonly sessions: readonly OpenSession[];
  readonly usage: Usage;
  readonly unsealed: string | null;
  readonly why: { readonly cause: string; readonly action: string };
  readonly approvals: readonly Approval[];
  readonly now: string;
}

/** Reads everything that the snapshot shows. */
export async function readSnapshot(
  store: RunStore,
  project: Project,
  order: FactsOrder,
): Promise<Snapshot> {
  const { run, now } = order;
  const [{ why: facts, phases, items, sessions }, usage, unsealed] = await Promise.all([
    readFacts(store, project, order),
    store.usage.total(run.id),
    store.events.unsealed(project.id, run.id),
  ]);
  const { approvals } = facts;
  const why = whyRun(facts);
  return snapshotOf({
    project,
    run,
    phases,
    items,
    sessions,
    usage,
    unsealed,
    why,
    approvals,
    now,
  });
}

function snapshotOf(facts: Facts): Snapshot {
  const { project, run, approvals, usage } = facts;
  const [approval] = approvals;
  return {
    version: 1,
    project_id: project.id,
    project_name: project.name,
    directory: project.directory,
    run_id: run.id,
    status: run.status,
    rehearsal: run.settings.label === 'rehearsal',
    unsealed: facts.unsealed,
    current_phase: currentPhase(facts.phases),
    phases: Object.fromEntries(facts.phases.map((phase) => phaseRow(run, phase))),
    work: workOf(facts.items),
    approval: approval === undefined ? null : { phase: approval.phase, asked_at: approval.askedAt },
    approvals: approvals.map(questionRow),
    sessions: facts.sessions.map(sessionRow),
    usage: {
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cost_usd: usage.costUsd,
      budget_usd: run.settings.budgetUsd,
    },
    why: `${facts.why.cause} ${facts.why.action}`,
    heartbeat: facts.now,
    updated_at: facts.now,
  };
}

function phaseRow(run: Run, phase: PhaseState): [string, PhaseRow] {
  const { name, attempts, startedAt, completedAt, error, outputs } = phase;
  const status = shownStatus(phase.status, ENDED.includes(run.status));
  return [
    name,
    { status, attempts, started_at: startedAt, completed_at: completedAt, error, outputs },
  ];
}

function questionRow({ phase, change, stateHash, askedAt, question }: Approval): QuestionRow {
  return {
    phase,
    item: change?.itemKey ?? null,
    state: stateHash.slice(0, 12),
    asked_at: askedAt,
    question,
    files: change?.files ?? [],
    diff: change?.diff ?? null,
  };
}

function sessionRow(session: OpenSession): SessionRow {
  return {
    id: session.sessionId,
    role: session.role,
    item: session.itemKey,
    started_at: session.startedAt,
    last_event_at: session.lastEventAt,
    checked: session.handedIn,
  };
}

function workOf(items: readonly WorkItem[]): WorkCounts {
  const count = (status: WorkItem['status']): number =>
    items.filter((item) => item.status === status).length;
  const total = items.length;
  const done = count('done');
  return {
    todo: count('todo'),
    in_progress: count('in_progress'),
    done,
    blocked: count('blocked'),
    total,
    completion_percentage: total === 0 ? 0 : Math.round((done / total) * 1000) / 10,
  };
}

/**
 * Replaces the file in one step: a reader sees the old one or the new one, never half of it. Where a
 * person cleaned our folder away it is made again, but never the project's own.
 */
export async function writeSnapshot(directory: string, snapshot: Snapshot): Promise<void> {
  const path = join(directory, SNAPSHOT_FILE);
  await mkdir(join(directory, '.harness')).catch(unlessThere);
  const temporary = join(directory, `.harness/${SNAPSHOT_FILE}.${randomBytes(4).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(`${plainJson(snapshot, 2)}\n`);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

function unlessThere(error: unknown): void {
  if (!hasCode(error, 'EEXIST')) throw error;
}
