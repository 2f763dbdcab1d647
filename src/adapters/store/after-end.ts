import { type AttemptEnd, countsAsFailure, needsPerson } from '../../domain/attempt.ts';
import { HarnessError } from '../../domain/errors.ts';
import type { WorkItem } from '../../domain/work-item.ts';
import type { OutboxOp } from '../../work/run-store.ts';

/** What becomes of an item whose attempt failed. */
export interface EndRules {
  /** Failures after which an item is blocked. */
  readonly itemMaxAttempts: number;
  /** Milliseconds before it may be tried again. */
  readonly delayMs: number;
}

/** Where an item goes when its attempt has ended. */
export type ItemMove =
  | { readonly to: 'done'; readonly commit: string }
  | { readonly to: 'blocked'; readonly reason: string; readonly failures: number }
  | {
      readonly to: 'todo';
      readonly reason: string;
      /** Given when it counts as a failure; the next attempt is told the reason. */
      readonly failures?: number;
      readonly wait: Wait;
    };

/** Until a time, for milliseconds from now (the database's clock), or not at all. */
export type Wait = { readonly until: string } | { readonly ms: number } | null;

/**
 * The rule for every end: done with its commit, blocked after too many failures or when only a person
 * can help, else back in the queue. Limits and aborts are nobody's fault. Throws `COMMIT_MISSING` for a success without commit:
 * nothing is done without one (I3).
 */
export function afterEnd(
  item: Pick<WorkItem, 'key' | 'failures'>,
  end: AttemptEnd,
  { itemMaxAttempts, delayMs }: EndRules,
): ItemMove {
  if (end.status === 'succeeded') return { to: 'done', commit: commitOf(end, item.key) };
  const { reason } = end;
  const delay = delayMs > 0 ? { ms: delayMs } : null;
  if (countsAsFailure(end)) {
    const failures = item.failures + 1;
    return failures >= itemMaxAttempts || needsPerson(end)
      ? { to: 'blocked', reason, failures }
      : { to: 'todo', reason, failures, wait: delay };
  }
  if (end.status === 'limited') return { to: 'todo', reason, wait: timeOf(end.until) ?? delay };
  return { to: 'todo', reason, wait: null };
}

/** What the tracker is to be told of it. */
export function writesFor(
  key: string,
  move: ItemMove,
  { attemptId, note }: { readonly attemptId: string; readonly note: string | undefined },
): readonly OutboxOp[] {
  const comment = (text: string): OutboxOp => ({
    op: 'comment',
    key,
    id: `${attemptId}:ended`,
    author: 'harness',
    text,
  });
  const owner = attemptId;
  if (move.to === 'done')
    return [comment(note ?? `Done: ${move.commit}`), { op: 'finish', key, owner, status: move.to }];
  if (move.to === 'blocked')
    return [comment(move.reason), { op: 'finish', key, owner, status: move.to }];
  const release: OutboxOp = { op: 'release', key, owner };
  return move.failures === undefined ? [release] : [comment(move.reason), release];
}

function commitOf(end: { readonly commit: string | null }, key: string): string {
  if (end.commit !== null) return end.commit;
  throw new HarnessError(
    'COMMIT_MISSING',
    `The attempt at ${key} succeeded without naming the commit on main; close it with that commit.`,
  );
}

/** A provider's word: what is no time says nothing. */
function timeOf(until: string | null): Wait {
  const at = new Date(until ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? null : { until: at.toISOString() };
}
