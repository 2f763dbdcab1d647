import type { ClientBase } from 'pg';
import type { Approval, ApprovalAnswer, ProtectedChange } from '../domain/approval.ts';
import type { Attempt, AttemptEnd, Fence, Role } from '../domain/attempt.ts';
import type { DeployEnd } from '../domain/deploy.ts';
import type { HarnessEvent, StoredEvent } from '../domain/event.ts';
import type { PhaseName, PhaseState, PhaseStatus } from '../domain/phase.ts';
import type { Project, Run, RunControl, RunSettings, RunStatus } from '../domain/run.ts';
import type { Usage } from '../domain/usage.ts';
import type { ItemDraft, WorkItem } from '../domain/work-item.ts';

/**
 * Work that commits with the facts beside it or not at all: the engine enqueues a workflow or sends
 * a message on this client, inside the open transaction.
 */
export type InTransaction = (client: ClientBase) => Promise<void>;

/**
 * The stored truth about runs. Every method is one transaction that ends by appending its events,
 * so state and events never disagree. The database's clock only. Writes that carry a Fence touch
 * nothing and return false when a newer execution of the attempt exists or it has ended.
 */
export interface RunStore {
  readonly projects: ProjectStore;
  readonly runs: RunRows;
  readonly phases: PhaseRows;
  readonly items: ItemRows;
  readonly attempts: AttemptRows;
  readonly approvals: ApprovalRows;
  readonly events: EventRows;
  readonly usage: UsageRows;
  readonly workers: WorkerRows;
  readonly outbox: OutboxRows;
  readonly deployments: DeploymentRows;
  close(): Promise<void>;
}

export interface ProjectStore {
  /** The project of this folder (absolute real path), created when it is new. */
  ensure(order: { readonly directory: string; readonly name: string }): Promise<Project>;
  get(id: string): Promise<Project | undefined>;
  byDirectory(directory: string): Promise<Project | undefined>;
  list(): Promise<readonly Project[]>;
  /** Its folder belongs to another project from now on; what is known of it stays. */
  retire(id: string): Promise<void>;
}

/** A run in one of its generations: what is written for a former one touches nothing. */
export type RunKey = Pick<Run, 'id' | 'generation'>;

/** A run as its writer last saw it. */
export type SeenRun = Pick<Run, 'id' | 'generation' | 'status'>;

export interface RunRows {
  /** Throws `RUN_ACTIVE` (exit 2) while another run of the project has not ended. */
  create(order: {
    readonly id: string;
    readonly projectId: string;
    readonly idea: string;
    readonly settings: RunSettings;
  }): Promise<Run>;
  get(id: string): Promise<Run | undefined>;
  latest(projectId: string): Promise<Run | undefined>;
  /** The one created last, over all projects. */
  newest(): Promise<Run | undefined>;
  /** Runs that have not ended, over all projects, of this label. */
  live(label: string): Promise<readonly Run[]>;
  /**
   * Compare and set: false, and nothing happens, when the run has been opened again or has another
   * status than was seen. No event when nothing changes.
   */
  setStatus(seen: SeenRun, status: RunStatus, reason: string | null): Promise<boolean>;
  /**
   * Ends a live run that nobody carries out, its attempts and sessions with it, and gives its items
   * back. False, and nothing happens, when it has ended or has been opened again.
   */
  end(
    run: RunKey,
    to: { readonly status: RunStatus; readonly reason: string | null },
  ): Promise<boolean>;
  /** Recorded for whoever hosts the run. */
  control(id: string, control: RunControl | null): Promise<void>;
  /** The harness's own request, with its reason; what a person asked before stands. */
  hold(run: RunKey, control: 'park' | 'pause', reason: string): Promise<void>;
  /** Changes settings of a run that goes on as it is. */
  amend(id: string, settings: Partial<RunSettings>): Promise<void>;
  /** Opens an ended run again: next generation, control cleared, running phases pending, failed ones with fresh tries. */
  reopen(
    id: string,
    settings: Partial<RunSettings>,
    also: (run: Run) => InTransaction,
  ): Promise<Run>;
  setProjectCheck(id: string, command: string): Promise<void>;
}

/** Writes touch nothing once the run has been opened again. */
export interface PhaseRows {
  list(runId: string): Promise<readonly PhaseState[]>;
  /** pending to running, attempts + 1; repeated after a crash with the same number it changes nothing. */
  start(run: RunKey, phase: PhaseName, attempt: number): Promise<void>;
  /** What attempts up to this one made does not count any more, and why; never taken back. */
  discard(
    run: RunKey,
    phase: PhaseName,
    what: { readonly attempt: number; readonly reason: string },
  ): Promise<void>;
  /** Ended as `failed`, all that its attempts made is discarded. */
  end(
    run: RunKey,
    phase: PhaseName,
    end: {
      readonly status: PhaseStatus;
      readonly error: string | null;
      readonly outputs: readonly string[];
    },
  ): Promise<void>;
}

export interface ClaimedItem {
  readonly item: WorkItem;
  readonly attempt: Attempt;
}

export type ItemStanding = Pick<
  WorkItem,
  'key' | 'status' | 'dependencies' | 'notBefore' | 'reason' | 'updatedAt'
>;

export interface ItemRows {
  list(projectId: string): Promise<readonly WorkItem[]>;
  /** Those of one run: a project keeps those of its earlier runs too. */
  ofRun(runId: string): Promise<readonly WorkItem[]>;
  /** The same, with only what says where they stand. */
  standing(runId: string): Promise<readonly ItemStanding[]>;
  get(projectId: string, key: string): Promise<WorkItem | undefined>;
  /** Adds those whose key is new; safe to repeat. */
  add(runId: string, drafts: readonly ItemDraft[], by: string): Promise<void>;
  /**
   * Takes the first ready item (todo, dependencies done, `notBefore` past, no open attempt) if fewer
   * than `parallel` agents of the run are at work, opens its attempt and runs `also` in the same
   * transaction. Undefined when there is nothing to take.
   */
  claimNext(
    runId: string,
    order: { readonly parallel: number; readonly attemptId: string; readonly sessionId: string },
    also: (claimed: ClaimedItem) => InTransaction,
  ): Promise<ClaimedItem | undefined>;
  /**
   * Takes it out of the queue; its open attempt goes on, but cannot move it any more. No-op when
   * blocked already; throws `ITEM_DONE` (exit 2) for a finished one.
   */
  block(projectId: string, key: string, reason: string, by: string): Promise<void>;
  /**
   * Back to todo with a clean slate of failures, or to in_progress while its attempt is still open.
   * Throws `ITEM_DONE` (exit 2) for a finished one.
   */
  retry(projectId: string, key: string, by: string): Promise<void>;
  /** What a person changed in the tracker, taken over before dispatch. */
  edit(
    projectId: string,
    key: string,
    change: Partial<Pick<WorkItem, 'title' | 'description' | 'priority'>>,
    by: string,
  ): Promise<void>;
}

export interface AttemptRows {
  /** Opens the attempt of a role; returns the existing one when its id is known. */
  open(order: {
    readonly id: string;
    readonly runId: string;
    readonly phase: PhaseName;
    readonly role: Role;
    readonly number: number;
    readonly sessionId: string;
  }): Promise<Attempt>;
  get(id: string): Promise<Attempt | undefined>;
  list(
    runId: string,
    filter?: { readonly open?: boolean; readonly itemKey?: string; readonly phase?: PhaseName },
  ): Promise<readonly Attempt[]>;
  /** The newest attempt of each role of the phase that succeeded and was not discarded since. */
  kept(runId: string, phase: PhaseName): Promise<readonly Attempt[]>;
  /** `atWork`: with an agent that works on an item; what is only to be proved yet is open, too. */
  count(
    runId: string,
    filter?: { readonly open?: boolean; readonly atWork?: true },
  ): Promise<number>;
  /** Ids of attempts that have ended. */
  ended(runId: string): Promise<readonly string[]>;
  /** This execution becomes the newest; undefined when the attempt has ended. */
  takeFence(id: string, owner: string): Promise<Fence | undefined>;
  /**
   * Runs `effect` while the fence is held by a row lock, and nobody can stop the run or take the item
   * away: `held`. `lost`: the fence is not ours any more; `called_off`: a person ended the run or took
   * the item out of the queue.
   * `effect` may call `record` and `touch`; `close`, `takeFence` and `reopen` would wait for its end.
   * It must be short: the server ends a transaction idle for 15 s, and then this throws although
   * the effect took place.
   */
  whileFenced(fence: Fence, effect: () => Promise<void>): Promise<'held' | 'lost' | 'called_off'>;
  /** Appends facts of a running attempt. */
  record(fence: Fence, events: readonly HarnessEvent[]): Promise<boolean>;
  /** Its session is over and only the proof is left: its agent's slot is free again. */
  handIn(fence: Fence, events: readonly HarnessEvent[]): Promise<boolean>;
  /** Sign of life, for `last_event_at`; at most every few seconds. */
  touch(fence: Fence): Promise<boolean>;
  /** The sessions of open attempts, oldest first. */
  sessions(runId: string): Promise<readonly OpenSession[]>;
  /**
   * Ends it and moves its item with it: done with the commit; todo again; blocked after
   * `itemMaxAttempts` failures.
   */
  close(
    fence: Fence,
    end: AttemptEnd,
    order: {
      readonly itemMaxAttempts: number;
      /** Milliseconds from now before the item may be dispatched again. */
      readonly delayMs: number;
      readonly events: readonly HarnessEvent[];
      /** The question with which it ends as `asked`: its item waits until that is answered. */
      readonly question?: ChangeQuestion;
    },
  ): Promise<boolean>;
}

/** What is put to a person about a change; the rest is known of the attempt. */
export type ChangeQuestion = Pick<Approval, 'id' | 'stateHash' | 'question'> & {
  readonly change: ProtectedChange;
};

export interface OpenSession {
  readonly attemptId: string;
  readonly sessionId: string;
  readonly role: Role;
  readonly itemKey: string | null;
  /** Null until the session has started. */
  readonly model: string | null;
  readonly startedAt: string;
  /** Last sign of life; null before the first. */
  readonly lastEventAt: string | null;
}

export type Question = Pick<Approval, 'id' | 'phase' | 'attempt' | 'stateHash' | 'question'>;

export interface ApprovalRows {
  /**
   * Idempotent by id; the run becomes `waiting_approval`. Touches nothing once the run has been
   * opened again.
   */
  ask(run: RunKey, question: Question): Promise<void>;
  /** Binds an unanswered question to the state as it is now. Throws `APPROVAL_STALE`. */
  askAgain(id: string, stateHash: string): Promise<void>;
  /**
   * Records the answer for this state; a refused change goes back to its item with the reason. Throws
   * `APPROVAL_STALE` (exit 2) when answered already or asked about another state.
   */
  answer(
    id: string,
    order: {
      readonly answer: ApprovalAnswer;
      readonly stateHash: string;
      readonly also: InTransaction;
    },
  ): Promise<void>;
  /**
   * The run becomes `waiting_approval`, if it is running in this generation and exactly these questions
   * (ids) are open.
   */
  wait(run: RunKey, seen: readonly string[]): Promise<boolean>;
  get(id: string): Promise<Approval | undefined>;
  /** What is to be answered, oldest first. */
  pending(runId: string): Promise<readonly Approval[]>;
  /** All questions about changes made for one work item, or, without one, in a phase; oldest first. */
  changes(
    runId: string,
    owner: { readonly phase: PhaseName; readonly itemKey: string | null },
  ): Promise<readonly Approval[]>;
}

export interface EventRows {
  /** A move of main that is told already is left out, with the documents it brought. */
  append(projectId: string, runId: string | null, events: readonly HarnessEvent[]): Promise<void>;
  /** In order, from the one after `after`. */
  read(
    projectId: string,
    order: { readonly after: number; readonly limit: number },
  ): Promise<readonly StoredEvent[]>;
  /** Whether it was said that main moved to this commit. */
  mainMovedTo(projectId: string, commit: string): Promise<boolean>;
  /** Why agents of this run work without a box, as it was last said; null: all are sealed. */
  unsealed(projectId: string, runId: string): Promise<string | null>;
  /** Calls back soon after anything was committed; a wake-up only, readers re-read. Returns how to stop. */
  onCommit(wake: (projectId: string) => void): () => void;
}

export interface DeploymentRows {
  /**
   * Before the command of this decision (one attempt at the phase) is run. `begun`: this execution
   * may run it. `ended`: it ran, and this came of it. `cut_off`: another execution began it and left
   * no end; with `again` that is begun once more instead.
   */
  begin(
    run: RunKey,
    order: {
      readonly attempt: number;
      readonly commit: string;
      /** New for each execution, the same when the call is repeated. */
      readonly execution: string;
      readonly again: boolean;
    },
  ): Promise<DeployStart>;
  /** Keeps the end, unless another execution has begun it since or it has ended. */
  end(
    run: RunKey,
    order: { readonly attempt: number; readonly execution: string; readonly end: DeployEnd },
    events: readonly HarnessEvent[],
  ): Promise<void>;
}

export type DeployStart =
  | { readonly kind: 'begun' }
  | { readonly kind: 'ended'; readonly end: DeployEnd }
  | { readonly kind: 'cut_off'; readonly commit: string; readonly startedAt: string };

export interface UsageEntry {
  readonly requestId: string;
  readonly projectId: string;
  readonly runId: string;
  readonly sessionId: string;
  readonly phase: PhaseName;
  readonly role: Role;
  readonly itemKey: string | null;
  readonly model: string;
  readonly usage: Usage;
}

export interface UsageRows {
  /** Idempotent by request id. */
  add(entry: UsageEntry): Promise<void>;
  total(runId: string): Promise<Usage>;
  by(
    runId: string,
    dimension: 'phase' | 'item' | 'model' | 'session',
  ): Promise<readonly { readonly name: string; readonly usage: Usage }[]>;
}

export interface WorkerIdentity {
  readonly executorId: string;
  readonly hostId: string;
  readonly bootId: string;
  readonly pid: number;
  /** Start time of the process in clock ticks since boot: tells a reused pid. */
  readonly pidStarted: string;
  readonly label: string;
}

export interface WorkerRows {
  join(worker: WorkerIdentity, leaseMs: number): Promise<void>;
  /** False: the lease is lost. */
  beat(executorId: string, leaseMs: number): Promise<boolean>;
  leave(executorId: string): Promise<void>;
  /** Declares dead whose lease ran out, and `known dead` ones at once; returns the ids. */
  reap(by: string, knownDead: readonly string[]): Promise<readonly string[]>;
  live(): Promise<readonly WorkerIdentity[]>;
}

/**
 * A write to the tracker that was decided but not made yet. `owner` names the claim it belongs to;
 * a comment's `id` makes it one comment however often it is tried.
 */
export type OutboxOp =
  | { readonly op: 'create'; readonly items: readonly ItemDraft[] }
  | { readonly op: 'claim'; readonly key: string; readonly owner: string }
  | {
      readonly op: 'finish';
      readonly key: string;
      readonly owner: string;
      readonly status: 'done' | 'blocked';
    }
  | { readonly op: 'release'; readonly key: string; readonly owner: string }
  | {
      readonly op: 'comment';
      readonly key: string;
      readonly id: string;
      readonly author: string;
      readonly text: string;
    };

interface OutboxEntry {
  readonly id: number;
  readonly projectId: string;
  readonly op: OutboxOp;
  readonly createdAt: string;
}

/** Writes to the tracker, queued in the transaction that decided them, made in order afterwards. */
export interface OutboxRows {
  /** What is still to be written, oldest first. */
  pending(projectId: string, limit: number): Promise<readonly OutboxEntry[]>;
  /** Written; repeating it changes nothing. */
  done(id: number): Promise<void>;
}
