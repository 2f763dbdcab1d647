import { saysBlocked } from '../../../domain/work-item.ts';
import type { TrackedItem } from '../../../work/tracker.ts';
import { claimOf } from '../rules.ts';
import { textOf } from './record.ts';
import type { Exact, Home, ItemRecord } from './record.ts';
import type { Issue } from './shapes.ts';

/** The newest claim of an item. */
export type Head = Pick<ItemRecord, 'fence' | 'open' | 'owner' | 'end'>;

/** Claims and their ends, counted: the first claim is 1, its end 2, the second claim 3. */
export function stepOf({ fence, open }: Pick<Head, 'fence' | 'open'>): number {
  return fence === 0 ? 0 : 2 * fence - open;
}

/** Whether the issue's state does not show yet what the newest claim says: after a crash between both. */
export function lags(record: ItemRecord, head: Head): boolean {
  return stepOf(head) > record.applied;
}

/** Names of the labels of an issue, but for the one that says blocked. */
export interface Labels {
  readonly names: readonly string[];
  readonly blocked: boolean;
  readonly blockedIds: readonly string[];
}

interface Claimed {
  readonly home: Home;
  readonly issue: Issue;
  readonly record: ItemRecord;
  readonly head: Head;
}

/** What the tracker tells of an issue. */
export function itemOf(card: Claimed, labels: Labels): TrackedItem {
  const { home, issue, record, head } = card;
  const { exact, key } = record;
  return Object.freeze({
    key,
    title: textOf(issue.title, exact.title),
    description: textOf(issue.description, exact.description),
    priority: issue.priority,
    dependencies: Object.freeze(dependenciesOf(card)),
    parent: parentOf(card),
    labels: Object.freeze(labelsOf(exact, labels.names)),
    status: statusOf(card, labels.blocked),
    // Whoever takes it out of the project takes it out of the plan.
    cancelled: isCancelled(issue) || issue.project?.id !== home.linearProject,
    claim: claimOf(key, { owner: head.open === 1 ? head.owner : null, fence: head.fence }),
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
  });
}

/** What was agreed, and every item that people made block this one since. */
function dependenciesOf({ home, issue, record }: Claimed): readonly string[] {
  const blocking = issue.inverseRelations.nodes
    .filter(({ type }) => type === 'blocks')
    .flatMap((relation) => home.keys.get(relation.issue.id) ?? []);
  return [...new Set([...record.exact.dependencies, ...blocking])];
}

/** One that is no item of ours goes by its identifier. */
function parentOf({ home, issue, record }: Claimed): string | null {
  if (issue.parent === null) return record.exact.parent ?? null;
  return home.keys.get(issue.parent.id) ?? issue.parent.identifier;
}

export function isCancelled({ state }: Issue): boolean {
  return state.type === 'canceled' || state.type === 'duplicate';
}

/**
 * By the type of the issue's state, never its name. A claim holds whatever people do to the state, but
 * for "completed", which is their word that it is done. Where nobody holds it, the state is theirs:
 * "started" then means that a person works on it.
 */
function statusOf(card: Claimed, blocked: boolean): TrackedItem['status'] {
  const { issue, record, head } = card;
  const behind = lags(record, head);
  if (head.open === 1) return issue.state.type === 'completed' && !behind ? 'done' : 'in_progress';
  return behind && head.end !== '' ? head.end : unheldStatus(card, blocked);
}

function unheldStatus({ issue, head }: Claimed, blocked: boolean): TrackedItem['status'] {
  if (issue.state.type === 'completed') return 'done';
  if (isCancelled(issue) && head.end === 'done') return 'done';
  if (blocked) return 'blocked';
  return issue.state.type === 'started' ? 'in_progress' : 'todo';
}

/** Labels that Linear has for the issue, in the order they were given, and those it could not take. */
function labelsOf(
  { labels: given, left = [] }: Pick<Exact, 'labels' | 'left'>,
  names: readonly string[],
): readonly string[] {
  const there = new Set(names.map((name) => name.toLowerCase()));
  const kept = given.filter(
    (name) => !carried(name) || left.includes(name) || there.has(name.toLowerCase()),
  );
  const known = new Set(given.map((name) => name.toLowerCase()));
  return [...kept, ...names.filter((name) => !known.has(name.toLowerCase())).toSorted()];
}

/** Whether Linear can have a label of this name. */
export function carried(name: string): boolean {
  const plain = /^[^\p{C}\s](?:\P{C}*[^\p{C}\s])?$/u.test(name) && name.length <= 80;
  return plain && !saysBlocked(name);
}
