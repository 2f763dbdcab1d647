import type { Check } from './check.ts';

/** The tracker's four states. */
export type ItemStatus = 'todo' | 'in_progress' | 'done' | 'blocked';

/** 1 urgent, 2 high, 3 medium, 4 low, 0 none (last). */
export type Priority = 0 | 1 | 2 | 3 | 4;

/** One session's worth of work, as agreed. */
export interface ItemDraft {
  /** Short, unique in the project, stable: `API-3`. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly priority: Priority;
  /** Keys of items that must be done first. */
  readonly dependencies: readonly string[];
  /** Key of what people made it a part of in the tracker; decides nothing. */
  readonly parent?: string | null;
  /** What people call it by in the tracker: a worker with labels takes only what carries one of them. */
  readonly labels?: readonly string[];
  readonly checks: readonly Check[];
}

/** A draft under way: what the harness knows of it beyond the agreement. */
export interface WorkItem extends ItemDraft {
  readonly projectId: string;
  readonly runId: string;
  readonly status: ItemStatus;
  /** Tries that count against `itemMaxAttempts`: limited and aborted ones and lost leases don't. */
  readonly failures: number;
  /** All tries begun. */
  readonly attempts: number;
  /** Not to be dispatched before this time; null: as soon as it is ready. */
  readonly notBefore: string | null;
  /** Why it is blocked or waits, in one sentence. */
  readonly reason: string | null;
  /** What the next attempt should know about the last one. */
  readonly feedback: string | null;
  /** Commit on main that closed it. */
  readonly commit: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The first of a worker's labels that the item carries, whatever the case of its letters. */
export function labelFor(
  { labels = [] }: Pick<ItemDraft, 'labels'>,
  wanted: readonly string[],
): string | undefined {
  const carried = new Set(labels.map((label) => label.toLowerCase()));
  return wanted.find((label) => carried.has(label.toLowerCase()));
}

/** Whether nothing more will happen to it by itself. */
export function settled(item: { readonly status: ItemStatus }): boolean {
  return item.status === 'done' || item.status === 'blocked';
}

/**
 * Begins the reason of an item that a person took out of the plan: settled, shown, no failure. What
 * depends on it goes on without it; a person who doesn't want that skips or blocks it too.
 */
export const SKIPPED = 'skipped by a person';

export function skipped(item: { readonly reason: string | null }): boolean {
  return item.reason?.startsWith(SKIPPED) === true;
}

/**
 * Begins the reason of an item that a person began in the tracker: no agent takes it, and what depends on
 * it waits for them.
 */
export const WITH_PERSON = 'a person works on it';

/** Keys of those that people work on, when nothing else is in the way of the rest; else none. */
export function withPeople(
  items: readonly Pick<WorkItem, 'key' | 'status' | 'reason'>[],
): readonly string[] {
  const inTheWay = items.filter((item) => item.status === 'blocked' && !skipped(item));
  const theirs = inTheWay.filter(isWithPerson);
  return theirs.length === inTheWay.length ? theirs.map(({ key }) => key) : [];
}

export function isWithPerson(item: Pick<WorkItem, 'status' | 'reason'>): boolean {
  return item.status === 'blocked' && item.reason?.startsWith(WITH_PERSON) === true;
}

type Linked = Pick<WorkItem, 'key' | 'status' | 'dependencies' | 'reason'>;

/** Whether what depends on it may begin. */
export function outOfTheWay(item: Pick<WorkItem, 'status' | 'reason'>): boolean {
  return item.status === 'done' || (item.status === 'blocked' && skipped(item));
}

/** Keys of items that can never start as things are: behind a blocked one, however far. */
function stuckBehind(items: readonly Linked[]): ReadonlySet<string> {
  const blocked = items.filter((item) => item.status === 'blocked' && !outOfTheWay(item));
  const stuck = new Set(blocked.map((item) => item.key));
  for (let before = -1; before !== stuck.size;) {
    before = stuck.size;
    for (const item of items)
      if (!settled(item) && item.dependencies.some((key) => stuck.has(key))) stuck.add(item.key);
  }
  return stuck;
}

/** Whether nothing more will happen to any of them by itself. */
export function allSettled(items: readonly Linked[]): boolean {
  const stuck = stuckBehind(items);
  return items.every((item) => settled(item) || (item.status === 'todo' && stuck.has(item.key)));
}

/** Of an item that a person adds without naming it: the next of `ADD-1`, `ADD-2` and so on. */
export function nextAddedKey(known: readonly Pick<WorkItem, 'key'>[]): string {
  const numbers = known.map(({ key }) => Number(/^ADD-(\d{1,9})$/u.exec(key)?.[1] ?? 0));
  return `ADD-${Math.max(0, ...numbers) + 1}`;
}

/** Sort order of the queue: urgent first, "none" last, then by age and key. */
export function byPriority(
  a: { readonly priority: Priority; readonly key: string },
  b: { readonly priority: Priority; readonly key: string },
): number {
  const rank = (priority: Priority): number => (priority === 0 ? 5 : priority);
  return rank(a.priority) - rank(b.priority) || a.key.localeCompare(b.key, 'en', { numeric: true });
}

/** The label that says that an item is blocked, where the tracker has no type of state for it. */
export const BLOCKED_LABEL = 'Blocked';

export function saysBlocked(label: string): boolean {
  return label.trim().toLowerCase() === BLOCKED_LABEL.toLowerCase();
}
