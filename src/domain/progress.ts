import { settled } from './work-item.ts';
import type { LiveRun } from './live-run.ts';
import { workedMs } from './live-events.ts';

/** How far a run is, as far as anybody can know. */
export interface Progress {
  readonly done: number;
  readonly blocked: number;
  /** Null: how much work there is is not known before it was broken down. */
  readonly total: number | null;
  /** What the work items that are left will take, if they go on like those before; null: unknown. */
  readonly leftMs: number | null;
}

/** Fewer finished items say nothing about those to come. */
const ENOUGH = 3;

/**
 * From what was finished so far and the time it took, standing still left out; retries and work at
 * the same time are in it. An estimate of the work items alone: nobody knows what later phases take.
 */
export function progressOf(live: LiveRun, now: string): Progress {
  const { items, work } = live;
  const done = items.filter(({ status }) => status === 'done').length;
  const blocked = items.filter(({ status }) => status === 'blocked').length;
  const left = items.filter((item) => !settled(item)).length;
  const total = items.length === 0 ? null : items.length;
  const known = left > 0 && done >= ENOUGH && work.atFirstItem !== null;
  const took = workedMs(work, now) - (work.atFirstItem ?? 0);
  return { done, blocked, total, leftMs: known ? (took / done) * left : null };
}
