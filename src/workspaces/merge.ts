import { HarnessError } from '../domain/errors.ts';
import { headOf } from './contents.ts';
import { gitFailed, HARNESS, type Person } from './git.ts';
import { ATTEMPT_TRAILER } from './names.ts';
import type { Stores } from './stores.ts';
import type { Merge } from './workspace.ts';

/** What the merge commit says of itself. */
export interface MergeOrder {
  readonly message: string;
  readonly attemptId: string;
  /** Key of the work item; null for what no item asked for. */
  readonly itemKey: string | null;
  readonly author?: Person;
  /** What it is merged with; absent: main as it is now. */
  readonly base?: string;
}

/**
 * Merges an imported commit with main as it is now, or as it is to be. Always a commit of its own, main first, so that
 * one item is one step of main. Only objects are written: no work tree, no reference, no hooks.
 */
export async function merge(stores: Stores, commit: string, order: MergeOrder): Promise<Merge> {
  const base = order.base ?? (await headOf(stores));
  const merging = {
    gitDir: stores.attempts,
    args: ['merge-tree', '--write-tree', '-z', '--name-only', base, commit],
  };
  const outcome = await stores.git.run(merging);
  const [tree = '', ...rest] = outcome.stdout.toString('utf8').split('\0');
  if (outcome.exit === 1) return { kind: 'conflict', files: rest.slice(0, rest.indexOf('')) };
  if (outcome.exit !== 0) throw gitFailed(merging, outcome);
  const parents = ['-p', base, '-p', commit];
  const made = await stores.git.read({
    gitDir: stores.attempts,
    args: ['commit-tree', tree, ...parents, '-F', '-'],
    input: messageOf(order),
    author: order.author ?? HARNESS,
  });
  stores.facts.trees.set(made, tree);
  return { kind: 'clean', commit: made, tree, base };
}

function messageOf({ message, attemptId, itemKey }: MergeOrder): string {
  const trailers = [
    ...(itemKey === null ? [] : [`Harness-Item: ${itemKey}`]),
    `${ATTEMPT_TRAILER}${attemptId}`,
  ];
  if (trailers.some((line) => line.includes('\n'))) {
    throw new HarnessError('NAME_REFUSED', 'A key or attempt id holds a line break; rename it');
  }
  return `${message.trim()}\n\n${trailers.join('\n')}\n`;
}
