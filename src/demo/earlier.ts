import type { WorkItem } from '../domain/work-item.ts';

/** Steps of this size along a line come near every place of it, however many there are. */
const GOLDEN = 0.618_034;

type Finished = Pick<WorkItem, 'key' | 'status' | 'checks' | 'updatedAt'>;

/**
 * Which finished features are looked at again before new work, and judged with it: the newest one,
 * and one of the others in turn, so that each comes up. The same for the same items.
 */
export function earlierOf<T extends Finished>(items: readonly T[]): readonly T[] {
  const done = items
    .filter(({ status, checks }) => status === 'done' && checks.length > 0)
    .toSorted((a, b) => a.updatedAt.localeCompare(b.updatedAt) || a.key.localeCompare(b.key));
  const newest = done.at(-1);
  const others = done.slice(0, -1);
  const turn = others[Math.floor(((done.length * GOLDEN) % 1) * others.length)];
  return [newest, turn].filter((one) => one !== undefined);
}
