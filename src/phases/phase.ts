import type { Board } from '../demo/board.ts';
import type { AttemptEnd, Role } from '../domain/attempt.ts';
import type { DeployEnd } from '../domain/deploy.ts';
import type { PlanDocument } from '../domain/document.ts';
import type { TrackerProject } from '../domain/demo.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { Run } from '../domain/run.ts';
import type { ItemDraft, WorkItem } from '../domain/work-item.ts';

/** A named stage of a run. Adding one: a file here and a line in `app.ts`. */
export interface Phase {
  readonly name: PhaseName;
  /**
   * Carries out one attempt. It runs inside a durable workflow and is replayed from recorded
   * results after a crash: everything that reads a clock, a file or the store belongs in `step`.
   */
  run(context: PhaseContext): Promise<PhaseEnd>;
}

export type PhaseEnd =
  | { readonly status: 'completed'; readonly outputs: readonly string[] }
  | { readonly status: 'failed' | 'timed_out' | 'aborted'; readonly reason: string }
  /** It can't succeed by being tried again: a person has to act first. */
  | { readonly status: 'blocked'; readonly reason: string }
  | { readonly status: 'limited'; readonly until: string | null; readonly reason: string }
  /** A person was asked about a change that it made (I4). */
  | { readonly status: 'asked'; readonly reason: string };

/** How a role's session ended; its text stays in the store (`ProjectAccess.textOf`). */
export interface RoleEnd {
  readonly role: Role;
  readonly status: AttemptEnd['status'];
  readonly reason: string;
  readonly until: string | null;
}

export interface PhaseContext {
  readonly run: Run;
  readonly attempt: number;
  /**
   * Runs once and is recorded; repeated only if the process died before the record. The signal fires
   * when somebody stops the run: what takes its time ends soon after.
   */
  step<T>(name: string, body: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Sessions side by side (within the phase's `parallel`), each durable; ends in the order asked for. */
  sessions(roles: readonly Role[]): Promise<readonly RoleEnd[]>;
  /** Waits without holding anything until every work item is done or blocked, or the phase's time is up. */
  itemsSettled(): Promise<'settled' | 'timed_out' | 'aborted'>;
  /** For use inside steps. */
  readonly project: ProjectAccess;
}

/** What phases read and write of the project; nothing here is recorded by itself. */
export interface ProjectAccess {
  /**
   * Text of the role's newest session that succeeded and still counts: of this attempt, or of one
   * before it that was interrupted. Undefined when there is none.
   */
  textOf(role: Role): Promise<string | undefined>;
  /** A document on main; undefined when there is none. */
  document(path: string): Promise<string | undefined>;
  /** Commits the documents on main and lands them where possible. */
  writeDocuments(documents: readonly PlanDocument[], message: string): Promise<void>;
  addItems(items: readonly ItemDraft[]): Promise<void>;
  setProjectCheck(command: string): Promise<void>;
  items(): Promise<readonly WorkItem[]>;
  /** Keys of those that earlier runs of the project used, or people for items of their own. */
  takenKeys(items: readonly ItemDraft[]): Promise<readonly string[]>;
  /** Runs every done item's checks, the project's and `extra` on a pristine checkout of main. */
  regression(extra: readonly string[], signal: AbortSignal): Promise<Regression>;
  /** Once for each attempt at the phase, however often it is called. */
  deploy(signal: AbortSignal): Promise<DeployEnd>;
  readonly demo: DemoAccess;
}

/** What demo mode reads and writes beyond that. */
export interface DemoAccess {
  /** The tracker's project with its issues, as they are now; undefined before there is one. */
  board(): Promise<Board | undefined>;
  /** Makes issues work items, and stores which project of the tracker they are of; safe to repeat. */
  adopt(board: {
    readonly project: TrackerProject;
    readonly items: readonly ItemDraft[];
  }): Promise<void>;
  /** The same id twice is one comment. */
  comment(key: string, comment: { readonly id: string; readonly text: string }): Promise<void>;
  /** What sessions may do, for the reader. */
  settingsFile(): PlanDocument;
}

export interface Regression {
  readonly passed: boolean;
  /** Markdown of what was run and how it ended. */
  readonly report: string;
  /** Commands of `extra` that failed while everything agreed before passed. */
  readonly extraFailed: readonly string[];
}

/** What a phase makes of sessions of which none succeeded. */
export function endOfFailed(ends: readonly RoleEnd[]): PhaseEnd {
  const reason = ends.map((end) => `${end.role}: ${end.reason}`).join('; ');
  if (ends.some((end) => end.status === 'asked')) return { status: 'asked', reason };
  const limited = ends.find((end) => end.status === 'limited');
  if (limited) return { status: 'limited', until: limited.until, reason: limited.reason };
  if (ends.some((end) => end.status === 'aborted')) return { status: 'aborted', reason };
  return { status: 'failed', reason };
}
