import type { Pool } from 'pg';
import { HarnessError } from '../domain/errors.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { Project, Run } from '../domain/run.ts';
import type { Phase, ProjectAccess, RoleEnd } from '../phases/phase.ts';
import type { RunStore, Worker, WorkerIdentity } from '../work/run-store.ts';
import type { WorkTracker } from '../work/tracker.ts';
import type { Hurry } from './hurry.ts';
import type { Running } from './running.ts';

/** What a phase hands to a session of its own, beyond what the store knows. */
export interface Brief {
  /** Why the phase runs again, for the prompt; empty the first time. */
  readonly feedback: string;
  /** What is red on main of finished features; absent: nothing was found. */
  readonly regressions?: string;
}

/** The attempts' side of the engine: everything that touches git, boxes, agents and checks. */
export interface Workshop {
  /**
   * One execution of an attempt's session. Ends the attempt in the store unless its work is still to
   * be proved, in which case the commit comes back. Never throws for an agent's failure.
   */
  session(attemptId: string, brief: Brief, signal: AbortSignal): Promise<SessionStep>;
  /** Checks the merge of the commit with main, moves main, ends the attempt. */
  prove(attemptId: string, commit: string | null, signal: AbortSignal): Promise<void>;
  /** Brings main into the user's repository if that can be done safely. */
  land(project: Project, runId: string): Promise<void>;
  /** How an ended attempt ended, as phases see it. */
  endOf(attemptId: string): Promise<RoleEnd>;
  /** Ends an attempt that nothing carries out any more, keeping its work. */
  abandon(attemptId: string, reason: string): Promise<void>;
  /** Keeps and clears away what an ended attempt left in its clone. */
  clearEnded(attemptId: string): Promise<void>;
  /** Removes what killed executions left of their gates; all of them for a run that is at its end. */
  sweepGates(projectId: string, ended?: string): Promise<void>;
  accessTo(run: Run, phase: PhaseName, attempt: number): ProjectAccess;
}

/** What a session leaves to do: nothing, or the proof of a commit (null: of main as it is). */
export type SessionStep =
  | { readonly kind: 'ended' }
  | { readonly kind: 'to_prove'; readonly commit: string | null };

/**
 * What runs are carried out with. The engine asks for clock, ids and everything outside here, so that
 * it replays the same way.
 */
export interface EngineDeps {
  readonly store: RunStore;
  readonly databaseUrl: string;
  /** The store's connections. */
  readonly pool: Pool;
  /** Runs the body while no other process migrates the database. */
  readonly migrationLock: <T>(body: () => Promise<T>) => Promise<T>;
  readonly newIdentity: () => Worker;
  /** Ids of live workers of this host whose process is gone. */
  readonly deadHere: (workers: readonly WorkerIdentity[]) => Promise<readonly string[]>;
  /** Starts the embedded server again if it is gone; never throws. */
  readonly mendDatabase: () => Promise<void>;
  /** Whether something failed because no database answered. */
  readonly databaseIsAway: (error: unknown) => boolean;
  /** Repeats the body while the database is away, mending what can be mended. */
  readonly steadily: <T>(body: () => Promise<T>) => Promise<T>;
  /** Which folder has too little room for this run to go on; null: all have enough. */
  readonly shortage: (run: Run) => Promise<string | null>;
  readonly leaseMs: number;
  readonly clock: { now(): number; monotonic(): number };
  readonly newId: () => string;
  readonly log: (line: string) => void;
  readonly phases: Readonly<Record<PhaseName, Phase>>;
  readonly workshop: Workshop;
  readonly trackerOf: (run: Run) => Promise<WorkTracker>;
  readonly label: string;
  /** Of work items: it takes only those that carry one of them, and nothing else; none: everything. */
  readonly labels: readonly string[];
  /** Agents at work at once in this process. */
  readonly capacity: number;
}

/** One started engine; workflows find it here, since they are registered before it exists. */
export interface Engine {
  readonly deps: EngineDeps;
  readonly running: Running;
  /** Begins what was just enqueued here. */
  hurry: Hurry;
  /** What a write said that found no room; the watch parks the runs for it. Null: none did. */
  full: string | null;
  /** Ended attempts that are known to have no clone any more. */
  readonly cleared: Set<string>;
  /** Fires when this process may no longer act for its workflows. */
  lease: AbortSignal;
  executorId: string;
  /** By run: since when its tracker gives trouble (monotonic milliseconds), and what was said of it. */
  readonly trackers: Map<string, { readonly since: number; readonly message: string }>;
  /** By run: when people's changes in its tracker were last looked for; monotonic milliseconds. */
  readonly lookedAt: Map<string, number>;
  /** By run and key: when a tracker was last asked for an item that it does not know; monotonic milliseconds. */
  readonly missing: Map<string, number>;
  /** When a pipeline that is being ended was first seen without sessions; monotonic milliseconds. */
  readonly quietSince: Map<string, number>;
}

let current: Engine | undefined;

/** Says which engine the workflows of this process belong to; undefined: none, and they fail. */
export function setEngine(next: Engine | undefined): void {
  current = next;
}

/** Throws `ENGINE_STOPPED` when a workflow runs in a process whose engine is gone. */
export function engine(): Engine {
  if (current === undefined)
    throw new HarnessError(
      'ENGINE_STOPPED',
      'The engine of this process has been closed; start it again',
    );
  return current;
}
