import type { Attempt } from '../domain/attempt.ts';
import type { StoredEvent } from '../domain/event.ts';
import { shownStatus, type PhaseState } from '../domain/phase.ts';
import { ENDED, type Project, type Run } from '../domain/run.ts';
import type { Usage } from '../domain/usage.ts';
import { skipped, type WorkItem } from '../domain/work-item.ts';
import type * as contract from './contract.ts';

/* How our nouns look from outside. */

export function runView(run: Run, hosted: boolean): contract.Run {
  const { settings } = run;
  return {
    id: run.id,
    project_id: run.projectId,
    idea: run.idea,
    status: run.status,
    control: run.control,
    generation: run.generation,
    reason: run.reason,
    rehearsal: settings.label === 'rehearsal',
    autonomy: settings.autonomy,
    model: settings.model,
    parallel: settings.parallel,
    max_sessions: settings.maxSessions,
    budget_usd: settings.budgetUsd,
    hosted,
    created_at: run.createdAt,
    ended_at: run.endedAt,
  };
}

export function projectView(project: Project, run: contract.Run | null): contract.Project {
  const { id, name, description, idea, directory, createdAt } = project;
  return { id, name, description, idea, directory, created_at: createdAt, run };
}

/** `run` is the phase's own. */
export function phaseView(phase: PhaseState, run: Pick<Run, 'status'>): contract.Phase {
  const { name, attempts, startedAt, completedAt, error, outputs } = phase;
  const status = shownStatus(phase.status, ENDED.includes(run.status));
  const times = { started_at: startedAt, completed_at: completedAt };
  return { name, status, attempts, ...times, error, outputs: [...outputs] };
}

export function itemView(item: WorkItem): contract.WorkItem {
  const { key, title, description, priority, status, failures, attempts, reason, commit } = item;
  return {
    key,
    title,
    description,
    priority,
    status,
    skipped: skipped(item),
    dependencies: [...item.dependencies],
    parent: item.parent ?? null,
    labels: [...(item.labels ?? [])],
    checks: [...item.checks],
    failures,
    attempts,
    not_before: item.notBefore,
    reason,
    commit,
    created_at: item.createdAt,
    updated_at: item.updatedAt,
  };
}

/** Of a session what only is known while it is open. */
interface Living {
  readonly sessionId: string;
  readonly model: string | null;
  readonly lastEventAt: string | null;
  readonly handedIn: boolean;
}

export function sessionView(attempt: Attempt, living: Living | undefined): contract.Session {
  const { end } = attempt;
  const reason = end !== null && 'reason' in end ? end.reason : null;
  return {
    id: attempt.sessionId,
    attempt: attempt.id,
    phase: attempt.phase,
    role: attempt.role,
    item: attempt.itemKey,
    number: attempt.number,
    model: living?.model ?? null,
    end: end === null ? null : { status: end.status, reason },
    started_at: attempt.startedAt,
    last_event_at: living?.lastEventAt ?? null,
    checked: living?.handedIn ?? false,
    ended_at: attempt.endedAt,
  };
}

export function usageView(usage: Usage): contract.Usage {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    cost_usd: usage.costUsd,
  };
}

export function eventView({ id, projectId, runId, at, event }: StoredEvent): contract.EventRecord {
  return { id, project_id: projectId, run_id: runId, at, event };
}

export function countsOf(items: readonly WorkItem[]): contract.WorkCounts {
  const count = (status: WorkItem['status']): number =>
    items.filter((item) => item.status === status).length;
  const [total, done] = [items.length, count('done')];
  return {
    todo: count('todo'),
    in_progress: count('in_progress'),
    done,
    blocked: count('blocked'),
    total,
    completion_percentage: total === 0 ? 0 : Math.round((done / total) * 1000) / 10,
  };
}
