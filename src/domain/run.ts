import type { DemoSettings } from './demo.ts';
import type { PhaseName, PhaseSettings } from './phase.ts';

/** Every state of a run. */
export const RUN_STATUSES = [
  'pending',
  'running',
  'waiting_approval',
  'limited',
  'paused',
  'stopping',
  'stopped',
  'completed',
  'failed',
] as const;

export type RunStatus = (typeof RUN_STATUSES)[number];

/** Nobody carries out runs in these states; `resume` opens all of them again but completed ones. */
export const ENDED: readonly RunStatus[] = ['stopped', 'completed', 'failed', 'paused', 'limited'];

/**
 * What was asked of a live run; cleared by `resume`. `stop_now` kills sessions at once; `park` is the
 * harness's own: a budget or a cap was reached, the run ends as `limited`.
 */
export type RunControl = 'pause' | 'park' | 'stop' | 'stop_now';

/** Whether somebody waits for the run's end; a pause and a parking let finish what is under way. */
export function stopWanted({ control }: Pick<Run, 'control'>): boolean {
  return control === 'stop' || control === 'stop_now';
}

export interface Project {
  readonly id: string;
  readonly name: string;
  /** Absolute path of the user's repository. */
  readonly directory: string;
  readonly description: string | null;
  /** What its next run builds, if that is not said then. */
  readonly idea: string | null;
  readonly createdAt: string;
}

/** One attempt to carry an idea to delivery. */
export interface Run {
  readonly id: string;
  readonly projectId: string;
  readonly idea: string;
  readonly status: RunStatus;
  readonly control: RunControl | null;
  /** Grows with each resume after an end; each generation is one durable pipeline. */
  readonly generation: number;
  readonly settings: RunSettings;
  /** Why it stands where it stands, in one sentence; null while nothing holds it. */
  readonly reason: string | null;
  /** Command that proves the whole product, agreed in task breakdown; null before. */
  readonly projectCheck: string | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** Everything about a run that is fixed when it starts; stored with it, without any secret. */
export interface RunSettings {
  readonly model: string;
  readonly autonomy: 'full' | 'checkpoint';
  /** No person is there to ask: approvals under I4 end the process with status 3. */
  readonly interactive: boolean;
  /** Work items at once. */
  readonly parallel: number;
  /** Sessions of every role over the whole run, restarts included. */
  readonly maxSessions: number;
  /** What of these two a person said for this run: no environment changes it. Absent: neither. */
  readonly flagged?: readonly ('model' | 'maxSessions')[];
  readonly sessionTimeoutMs: number;
  /** Silence after which a session is stalled; a running tool is not silence. */
  readonly stallTimeoutMs: number;
  readonly retryDelayMs: number;
  readonly maxConsecutiveErrors: number;
  /** Tries of one work item before it is blocked. */
  readonly itemMaxAttempts: number;
  /** US dollars; null: no cap. */
  readonly budgetUsd: number | null;
  /** The same for one session, and for all runs of a day (UTC); absent: no cap. */
  readonly sessionUsd?: number;
  readonly dayUsd?: number;
  /** A budget that is used up stops the run, its sessions with it; absent: it parks. */
  readonly stopsAtBudget?: boolean;
  readonly maxLimitWaitMs: number;
  readonly checkTimeoutMs: number;
  readonly flakyRetries: number;
  readonly phases: Readonly<Record<PhaseName, PhaseSettings>>;
  readonly backend: BackendSettings;
  readonly sandbox: {
    readonly driver: 'bwrap' | 'none';
    readonly read: readonly string[];
  };
  readonly environment: EnvironmentSettings;
  readonly deploy: DeploySettings | null;
  /** Absent: the run is the orchestrator's. */
  readonly demo?: DemoSettings;
  /** A server sees to it that somebody carries it out; absent: the terminal that began it does. */
  readonly served?: boolean;
  /** Adds `x-harness-*` headers to upstream requests. */
  readonly attributionHeaders: boolean;
  /** Ids of those that are told news of it, wherever it is hosted; absent: nobody is. */
  readonly notifiers?: readonly string[];
  /** Only workers of the same label take part; `rehearsal` for scripted models, else ''. */
  readonly label: string;
}

/** Which tracker the run's items are in. */
export interface BackendSettings {
  readonly type: 'postgres' | 'json' | 'linear';
  readonly jsonFile: string;
  /** Key, name or id; null: the only team. */
  readonly linearTeam: string | null;
  /** Name or id; null: the name of our project. */
  readonly linearProject: string | null;
}

/** How a workspace becomes runnable; null where it is to be found from lock files. */
export interface EnvironmentSettings {
  readonly prepare: { readonly command: string; readonly inputs: readonly string[] } | null;
  readonly services: readonly ServiceSettings[];
  readonly env: Readonly<Record<string, string>>;
  /** Names of the operator's variables that enter the box: a shown exception to I7. */
  readonly secrets: readonly string[];
}

export interface ServiceSettings {
  readonly name: string;
  readonly command: string;
  /** Shell command that exits 0 once the service answers. */
  readonly probe: string;
}

export interface DeploySettings {
  readonly target: 'command';
  readonly command: string;
  /** Shell command, or an http URL that must answer 2xx. */
  readonly probe: string | null;
  readonly rollback: string | null;
  /** The command may be run again after a crash left its end unknown. */
  readonly repeatable: boolean;
  readonly timeoutMs: number;
}

/** Why a run without sessions left stands still; `isCapReached` knows the sentence again. */
export function capReached(sessions: number): string {
  return `the cap of ${sessions} sessions is reached`;
}

/** Why a run or a session without money left stands still; `isBudgetReached` knows the sentence again. */
export function budgetReached(
  cap: 'run' | 'day',
  { budgetUsd, spentUsd }: { readonly budgetUsd: number; readonly spentUsd: number },
): string {
  const taken = `$${spentUsd.toFixed(4)} are spent or set aside`;
  return cap === 'run'
    ? `the budget of $${budgetUsd} is reached: ${taken} for calls under way`
    : `budget.day_usd, $${budgetUsd}, is reached: ${taken} today (UTC), over all runs`;
}

export function isBudgetReached(reason: string | null): boolean {
  return /^(?:the budget of \$[\d.e+-]+|budget\.day_usd, \$[\d.e+-]+,) is reached: /u.test(
    reason ?? '',
  );
}

/** Why a run stands still whose last items people work on; `isLeftWithPeople` knows the sentence again. */
export function leftWithPeople(keys: readonly string[]): string {
  return `people work on what is left in the tracker: ${keys.join(', ')}`;
}

export function isLeftWithPeople(reason: string | null): boolean {
  return reason?.startsWith(leftWithPeople([])) === true;
}

/** Why a run that meets nothing but trouble is paused; `isTroubled` knows the sentence again. */
export function errorsInARow(count: number, reasons: readonly string[]): string {
  return `${count} errors in a row: ${reasons.join('; ')}`;
}

export function isTroubled(reason: string | null): boolean {
  return /^\d+ errors in a row: /u.test(reason ?? '');
}

export function isCapReached(reason: string | null): boolean {
  return /\bthe cap of \d+ sessions is reached\b/iu.test(reason ?? '');
}
