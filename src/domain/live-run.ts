import type { Role } from './attempt.ts';
import { PHASES, type PhaseName, type PhaseStatus } from './phase.ts';
import type { RunStatus } from './run.ts';
import type { Usage } from './usage.ts';
import type { ItemStatus } from './work-item.ts';

/**
 * What is known of one run at a moment, for every view that shows it live. Folded from stored events
 * and from what is looked up beside them; plain data, times RFC 3339 UTC.
 */
export interface LiveRun {
  /** Null before the first event of a run. */
  readonly runId: string | null;
  readonly idea: string;
  readonly rehearsal: boolean;
  readonly status: RunStatus;
  /** Why it stands where it stands; null while nothing holds it. */
  readonly reason: string | null;
  /** Why agents work without a box; null: all are sealed. */
  readonly unsealed: string | null;
  readonly work: WorkTime;
  readonly phases: readonly PhaseLine[];
  readonly items: readonly ItemLine[];
  /** Agents at work, in the order in which they began. */
  readonly agents: readonly AgentLine[];
  /** What waits for a person, the oldest first. */
  readonly questions: readonly QuestionLine[];
  /** Of the whole run; null: not looked up yet. */
  readonly spent: Usage | null;
  /** Number of the last event that was folded in; 0: none. */
  readonly lastEvent: number;
}

/** How long the run was carried out: the time it stood still doesn't count. */
export interface WorkTime {
  /** Milliseconds up to the last time it stood still. */
  readonly ms: number;
  /** Since when it is carried out; null: it stands still. */
  readonly since: string | null;
  /** `ms` as it was when the first work item was taken; null: none was. */
  readonly atFirstItem: number | null;
}

export interface PhaseLine {
  readonly name: PhaseName;
  readonly status: PhaseStatus;
  readonly attempt: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error: string | null;
}

export interface ItemLine {
  readonly key: string;
  readonly title: string;
  readonly status: ItemStatus;
  readonly dependencies: readonly string[];
  /** Tries begun. */
  readonly tries: number;
  /** Why it waits again or is blocked; null otherwise. */
  readonly reason: string | null;
}

export interface AgentLine {
  readonly session: string;
  readonly attempt: string;
  readonly phase: PhaseName;
  readonly role: Role;
  readonly item: string | null;
  readonly model: string;
  readonly startedAt: string;
  /** Its session is over; what it made is being proved. */
  readonly proving: boolean;
  /** The last that it said or did; null: nothing yet. */
  readonly doing: Doing | null;
  /** Null: not looked up yet. */
  readonly spent: Usage | null;
}

/** Something an agent said or did, in one line. */
export interface Doing {
  readonly at: string;
  readonly kind: 'said' | 'tool' | 'result' | 'trouble';
  readonly text: string;
}

export interface QuestionLine {
  readonly id: string;
  readonly phase: PhaseName;
  /** The work item whose change is asked about; null: a phase's result is. */
  readonly item: string | null;
  readonly question: string;
  readonly askedAt: string;
}

/** Where every run begins. */
export const NO_RUN: LiveRun = Object.freeze({
  runId: null,
  idea: '',
  rehearsal: false,
  status: 'pending',
  reason: null,
  unsealed: null,
  work: { ms: 0, since: null, atFirstItem: null },
  phases: PHASES.map((name): PhaseLine => ({
    name,
    status: 'pending',
    attempt: 0,
    startedAt: null,
    endedAt: null,
    error: null,
  })),
  items: [],
  agents: [],
  questions: [],
  spent: null,
  lastEvent: 0,
} satisfies LiveRun);

/** What people name a question by: the work item, or else the phase. */
export function questionName({ phase, item }: QuestionLine): string {
  return item ?? phase;
}
