import type { Attempt, AttemptEnd, Role } from './attempt.ts';
import type { Evidence } from './check.ts';
import type { News } from './news.ts';
import type { PhaseName, PhaseStatus } from './phase.ts';
import type { RunStatus } from './run.ts';
import type { Usage } from './usage.ts';

/** What a session asked of one host, `name:port`, and what passed in bytes. */
export interface HostCount {
  readonly host: string;
  readonly allowed: number;
  readonly refused: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/** Which session or attempt an event tells of. */
export interface Subject {
  readonly attempt: string;
  readonly phase: PhaseName;
  readonly role: Role;
  readonly item: string | null;
}

export function subjectOf(attempt: Attempt): Subject {
  const { id, phase, role, itemKey } = attempt;
  return { attempt: id, phase, role, item: itemKey };
}

/**
 * Every fact the system stores about a project, append-only and gap-free (I11). All readers
 * (terminal, API, logs, snapshot, summary) use nothing else. Names are in the past tense.
 */
export type HarnessEvent =
  | { readonly type: 'run.created'; readonly idea: string; readonly rehearsal: boolean }
  | { readonly type: 'run.status'; readonly status: RunStatus; readonly reason: string | null }
  | { readonly type: 'run.resumed'; readonly generation: number }
  | { readonly type: 'run.unsealed'; readonly reason: string }
  | { readonly type: 'phase.started'; readonly phase: PhaseName; readonly attempt: number }
  | {
      readonly type: 'phase.ended';
      readonly phase: PhaseName;
      readonly status: PhaseStatus;
      readonly error: string | null;
    }
  | {
      readonly type: 'phase.retried';
      readonly phase: PhaseName;
      readonly at: string;
      readonly reason: string;
    }
  | {
      readonly type: 'approval.asked';
      readonly phase: PhaseName;
      readonly id: string;
      readonly question: string;
      /** The work item whose change is asked about (I4). */
      readonly item?: string;
    }
  | {
      readonly type: 'approval.answered';
      readonly phase: PhaseName;
      readonly id: string;
      readonly answer: 'approved' | 'edited' | 'rejected';
      readonly by: string;
      readonly reason: string | null;
      readonly item?: string;
    }
  | {
      readonly type: 'document.written';
      readonly path: string;
      readonly hash: string;
      readonly commit: string;
    }
  | { readonly type: 'plan.refused'; readonly reasons: readonly string[] }
  | {
      readonly type: 'item.added';
      readonly item: string;
      readonly title: string;
      readonly dependencies: readonly string[];
      readonly by: string;
    }
  | {
      readonly type: 'item.edited';
      readonly item: string;
      readonly by: string;
      readonly change: string;
    }
  | {
      readonly type: 'item.claimed';
      readonly item: string;
      readonly attempt: string;
      readonly number: number;
    }
  | {
      readonly type: 'item.done';
      readonly item: string;
      readonly attempt: string;
      readonly commit: string;
    }
  | {
      readonly type: 'item.returned';
      readonly item: string;
      readonly reason: string;
      readonly notBefore: string | null;
    }
  | {
      readonly type: 'item.blocked';
      readonly item: string;
      readonly reason: string;
      readonly by: string;
    }
  | { readonly type: 'attempt.ended'; readonly subject: Subject; readonly end: AttemptEnd }
  | {
      readonly type: 'session.started';
      readonly subject: Subject;
      readonly session: string;
      readonly model: string;
    }
  | { readonly type: 'session.resumed'; readonly subject: Subject; readonly session: string }
  | {
      readonly type: 'session.ended';
      readonly subject: Subject;
      readonly session: string;
      readonly usage: Usage;
    }
  | {
      readonly type: 'session.noted';
      readonly subject: Subject;
      readonly kind: 'note' | 'discovered' | 'blocked' | 'complete';
      readonly text: string;
    }
  | {
      /** A tool call that the file fence or the policy refused. */
      readonly type: 'tool.refused';
      readonly subject: Subject;
      readonly tool: string;
      /** The command or the file it was about, at most its beginning. */
      readonly call: string;
      readonly reason: string;
    }
  | {
      /** A model call that failed on the wire and was tried again, as the gateway saw it. */
      readonly type: 'model.failed';
      readonly subject: Subject;
      readonly status: number | null;
      readonly kind: 'overloaded' | 'dropped' | 'limited' | 'refused' | 'error';
      readonly message: string;
    }
  | {
      /** The first request of a session to a host that was let through, or refused. */
      readonly type: 'egress.asked';
      readonly subject: Subject;
      readonly host: string;
      readonly allowed: boolean;
      readonly reason: string | null;
    }
  | {
      /** All that a session asked of the network, at its end. */
      readonly type: 'egress.counted';
      readonly subject: Subject;
      readonly hosts: readonly HostCount[];
      /** Requests to hosts beyond those that are told one by one. */
      readonly more: number;
    }
  | {
      /** A session called a tool of an MCP server that it may not call; told once for each. */
      readonly type: 'mcp.refused';
      readonly subject: Subject;
      readonly server: string;
      readonly tool: string;
    }
  | {
      /** A host that packages were asked of while an environment or an MCP server was made; told once for each. */
      readonly type: 'packages.asked';
      readonly host: string;
      /** Why it gave no answer; null: it was asked. */
      readonly reason: string | null;
    }
  | {
      /** Pictures of pages that a session took, kept beside the project. */
      readonly type: 'screenshots.kept';
      readonly subject: Subject;
      /** Paths below the project's folder, the oldest first. */
      readonly files: readonly string[];
      /** What it left besides: no picture, too large or too many. */
      readonly left: number;
    }
  | {
      readonly type: 'checks.run';
      readonly subject: Subject;
      readonly tree: string;
      readonly evidence: readonly Evidence[];
    }
  | {
      /** What proved a finished item does not pass on main any more. */
      readonly type: 'regression.found';
      readonly subject: Subject;
      /** The finished one. */
      readonly item: string;
      readonly tree: string;
      readonly evidence: readonly Evidence[];
    }
  | {
      /** A session called a tool of an MCP server. */
      readonly type: 'mcp.called';
      readonly subject: Subject;
      /** As the model sees it: `mcp__linear__save_issue`. */
      readonly tool: string;
    }
  | {
      readonly type: 'merge.conflicted';
      readonly subject: Subject;
      readonly files: readonly string[];
    }
  | { readonly type: 'merge.repeated'; readonly subject: Subject; readonly main: string }
  | {
      readonly type: 'main.moved';
      readonly from: string;
      readonly to: string;
      readonly cause: string;
    }
  | { readonly type: 'main.landed'; readonly commit: string }
  | { readonly type: 'land.delayed'; readonly reason: string }
  | {
      readonly type: 'work.rescued';
      readonly subject: Subject;
      readonly ref: string;
      readonly files: number;
      readonly skipped: readonly string[];
    }
  | {
      readonly type: 'environment.prepared';
      readonly key: string;
      readonly command: string;
      readonly durationMs: number;
    }
  | {
      readonly type: 'budget.reached';
      /** Absent: the run's own. */
      readonly cap?: 'session' | 'day';
      readonly spentUsd: number;
      readonly budgetUsd: number;
    }
  | {
      /** A notifier told news of the run outside of it, or could not. */
      readonly type: 'person.told';
      readonly news: News;
      /** Type of the notifier. */
      readonly by: string;
      /** Number of the event that was told. */
      readonly of: number;
      readonly failure: string | null;
    }
  | { readonly type: 'deploy.begun'; readonly commit: string }
  | { readonly type: 'deploy.applied'; readonly commit: string; readonly probe: string | null }
  | { readonly type: 'deploy.rolled_back'; readonly reason: string }
  | { readonly type: 'deploy.failed'; readonly reason: string };

/** An event as stored: numbered per project from 1, without gaps, in commit order. */
export interface StoredEvent {
  readonly projectId: string;
  readonly runId: string | null;
  readonly id: number;
  readonly at: string;
  readonly event: HarnessEvent;
}
