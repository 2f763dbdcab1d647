import { createHash } from 'node:crypto';
import type { Attempt } from '../domain/attempt.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { Run } from '../domain/run.ts';

/** Scopes everything that DBOS stores. */
export const APPLICATION = 'harness';

/**
 * Fixed on purpose: the default hashes sources, and an upgrade would strand every pipeline. Changes
 * of a workflow's shape go behind `DBOS.patch`.
 */
export const VERSION = '1';

/** Names of the queues that workers with this label serve. */
export const queues = (label: string): { readonly pipelines: string; readonly sessions: string } =>
  label === ''
    ? { pipelines: 'pipelines', sessions: 'sessions' }
    : { pipelines: `pipelines@${label}`, sessions: `sessions@${label}` };

/** Begins the names of the queues of workers with labels, for runs with this label. */
export const labelQueues = (label: string): string => `${queues(label).sessions}#`;

/** Where work items wait that were claimed for one of a worker's labels: workers with that label serve it. */
export const labelQueue = (label: string, ofItem: string): string =>
  `${labelQueues(label)}${ofItem.toLowerCase()}`;

/** The workflow that carries out a run in its generation: starting it twice is starting it once. */
export const pipelineId = (run: Pick<Run, 'id' | 'generation'>): string =>
  `run:${run.id}/g${run.generation}`;

/** The workflow of one attempt at a phase, below its pipeline. */
export const phaseId = (
  run: Pick<Run, 'id' | 'generation'>,
  phase: PhaseName,
  attempt: number,
): string => `${pipelineId(run)}/${phase}/${attempt}`;

/** The workflow of one attempt at an item or a role. */
export const attemptWorkflowId = (attemptId: string): string => `attempt:${attemptId}`;

/** Survives generations, so that an answer given while nobody hosted the run is found. */
export const approvalId = (runId: string, phase: PhaseName, attempt: number): string =>
  `${runId}/${phase}/${attempt}`;

/** An attempt asks about its change once. */
export const changeId = (
  runId: string,
  { phase, itemKey, number }: Pick<Attempt, 'phase' | 'itemKey' | 'number'>,
): string => `${approvalId(runId, phase, number)}/${itemKey ?? 'change'}`;

/** Where the answer to this question arrives, and no other. */
export const approvalTopic = (id: string): string => `approve:${id}`;

/** Where a phase hears that its work items are settled. */
export const SETTLED_TOPIC = 'settled';

/** How often the end of a workflow that is waited for is looked for: its waiter is idle until then. */
export const SOON = Object.freeze({ pollingIntervalMs: 200 });

/** A UUID that is always the same for the same parts: replayed workflows must not invent ids. */
export function stableId(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(parts.join('\0')).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
