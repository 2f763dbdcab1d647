import type { TrackerClaim } from '../../../work/tracker.ts';
import { claimLost, isReady, mayBePut, mayMove, mayTake } from '../rules.ts';
import { issuesById } from './board.ts';
import { claimIdOf, endIdOf, readHeld, writeOnce } from './chain.ts';
import type { Held } from './chain.ts';
import { UPDATE_BOTH, UPDATE_ISSUE, UPDATE_STANDING } from './documents.ts';
import { isCancelled, itemOf, lags, stepOf } from './item.ts';
import type { Head } from './item.ts';
import type { Linear } from './linear.ts';
import { shownText } from './marks.ts';
import { attachmentOf, issueIdOf, recordIdOf, recordOf } from './record.ts';
import type { Home, ItemRecord } from './record.ts';
import { issueTextShape, stateBeforeShape } from './shapes.ts';
import { unlessMoved } from './moved.ts';
import type { States } from './workspace.ts';

/** A number whose comment a person removed is spent; more than this in a row is no accident. */
const TRIES = 5;

/** The next claim of an item that is ready; undefined when it is not, or somebody else was first. */
export async function claim(
  linear: Linear,
  home: Home,
  { key, owner }: { readonly key: string; readonly owner: string },
): Promise<TrackerClaim | undefined> {
  const held = await settled(linear, home, await readHeld(linear.client, home, key));
  return (await ready(linear, home, held)) ? takeNext(linear, held, owner) : undefined;
}

/** The next claim of an item that was given to this owner elsewhere already: see `mayTake`. */
export async function take(
  linear: Linear,
  home: Home,
  { key, owner }: { readonly key: string; readonly owner: string },
): Promise<TrackerClaim | undefined> {
  const held = await settled(linear, home, await readHeld(linear.client, home, key));
  const {
    status,
    cancelled,
    claim: own,
  } = itemOf(held, await linear.labels.read(held.issue.labelIds));
  const verdict = mayTake({ status, cancelled, owner: own?.owner ?? null }, owner);
  if (verdict === 'yes') return takeNext(linear, held, owner);
  return verdict === 'already' ? (own ?? undefined) : undefined;
}

/** Undefined: somebody else was first. */
async function takeNext(
  linear: Linear,
  held: Held,
  owner: string,
): Promise<TrackerClaim | undefined> {
  const { key } = held.record;
  const nonce = linear.newId();
  for (let fence = held.head.fence + 1; fence <= held.head.fence + TRIES; fence += 1) {
    const there = await writeOnce(linear.client, {
      id: claimIdOf(held.issue.id, fence),
      issueId: held.issue.id,
      text: `Claimed by ${shownText(owner).slice(0, 200)} (claim ${fence}).`,
      mark: { kind: 'claim', fence, owner, nonce },
    });
    if (there?.kind === 'claim' && there.nonce === nonce) {
      await show(linear, held, { fence, open: 1, owner, end: '' });
      return Object.freeze({ key, owner, fence });
    }
    if (there !== undefined) return undefined;
  }
  return undefined;
}

/** Ends a claim as `status`; throws CLAIM_LOST when it is not the one that holds the item. */
export async function end(
  linear: Linear,
  home: Home,
  {
    claim: held,
    status,
  }: { readonly claim: TrackerClaim; readonly status: 'todo' | 'done' | 'blocked' },
): Promise<void> {
  const found = await readHeld(linear.client, home, held.key);
  const { fence, open, owner } = found.head;
  const standing = open === 1 ? 'in_progress' : found.head.end || 'todo';
  const verdict = mayMove(
    { status: standing, owner: open === 1 ? owner : null, fence },
    held,
    status,
  );
  if (verdict === 'no' || fence === 0) throw claimLost(held);
  if (verdict === 'already') return void (await settled(linear, home, found));
  const there = await writeOnce(linear.client, {
    id: endIdOf(found.issue.id, fence),
    issueId: found.issue.id,
    text: `${ENDED[status]} (claim ${fence}).`,
    mark: { kind: 'end', fence, status },
  });
  if (there?.kind !== 'end' || there.status !== status) throw claimLost(held);
  await show(linear, found, { fence, open: 0, owner, end: status });
}

const ENDED = { todo: 'Given back', done: 'Done', blocked: 'Blocked' } as const;

/** On a person's word: what nobody holds goes from todo to blocked, or back. */
export async function put(
  linear: Linear,
  home: Home,
  order: { readonly key: string; readonly to: 'todo' | 'blocked' },
): Promise<void> {
  const work = (): Promise<void> => putOnce(linear, home, order);
  await unlessMoved(work, work);
}

async function putOnce(
  linear: Linear,
  home: Home,
  { key, to }: { readonly key: string; readonly to: 'todo' | 'blocked' },
): Promise<void> {
  const held = await settled(linear, home, await readHeld(linear.client, home, key));
  const labels = await linear.labels.read(held.issue.labelIds);
  const item = itemOf(held, labels);
  if (item.cancelled || !mayBePut(item, to)) return;
  const input =
    to === 'blocked'
      ? { addedLabelIds: [await linear.labels.blocked(held.issue.team.id)] }
      : { removedLabelIds: labels.blockedIds };
  await linear.client.ask({
    document: UPDATE_ISSUE,
    variables: { id: held.issue.id, input },
    shape: issueTextShape,
  });
}

/** Brings the issue's state to what its newest claim says, where a crash came between both. */
export async function settled(linear: Linear, home: Home, held: Held): Promise<Held> {
  if (!lags(held.record, held.head)) return held;
  await show(linear, held, held.head);
  return readHeld(linear.client, home, held.record.key);
}

async function ready(linear: Linear, home: Home, held: Held): Promise<boolean> {
  const item = itemOf(held, await linear.labels.read(held.issue.labelIds));
  if (item.status !== 'todo' || item.cancelled) return false;
  const others = new Map([[item.key, item]]);
  const ids = item.dependencies.map((key) => issueIdOf(home, key));
  for (const issue of (await issuesById(linear.client, ids)).values()) {
    const record = issue.trashed === true ? undefined : recordOf(home, issue);
    if (record === undefined) continue;
    const labels = await linear.labels.read(issue.labelIds);
    others.set(record.key, itemOf({ home, issue, record, head: record }, labels));
  }
  return isReady(item, others);
}

/**
 * Writes the newest claim into the record, and moves the issue unless a person had the last word. Linear
 * moves it whatever it is by then, so the same request says what it was: a person who was faster than
 * that has it back.
 */
async function show(linear: Linear, held: Held, head: Head): Promise<void> {
  await unlessMoved(
    () => showOn(linear, held, head),
    async () => showOn(linear, await readHeld(linear.client, held.home, held.record.key), head),
  );
}

async function showOn(linear: Linear, { issue, record }: Held, head: Head): Promise<void> {
  const id = recordIdOf(issue);
  const next: ItemRecord = { ...record, ...head };
  const change = await changeTo(linear, issue, head);
  const moves = Object.keys(change).length > 0;
  const written = { id, input: attachmentOf({ ...next, applied: stepOf(head) }) };
  const before = await linear.client.ask({
    document: moves ? UPDATE_BOTH : UPDATE_STANDING,
    variables: moves ? { ...written, known: attachmentOf(next), issue: issue.id, change } : written,
    shape: stateBeforeShape,
  });
  const right = await changeTo(linear, { ...issue, state: before }, head);
  const stateId = right.stateId ?? before.id;
  if (stateId === (change.stateId ?? before.id)) return;
  await linear.client.ask({
    document: UPDATE_ISSUE,
    variables: { id: issue.id, input: { stateId } },
    shape: issueTextShape,
  });
}

/** What a claim's standing is in Linear. */
function stateOf(head: Head): { readonly type: string; readonly name: keyof States } {
  if (head.open === 1) return { type: 'started', name: 'started' };
  return head.end === 'done'
    ? { type: 'completed', name: 'done' }
    : { type: 'unstarted', name: 'todo' };
}

interface Change {
  readonly stateId?: string;
  readonly addedLabelIds?: readonly string[];
  readonly removedLabelIds?: readonly string[];
}

/** A person's "cancelled" and "completed" stand; what is "started" already is not moved to the first such state. */
async function changeTo(linear: Linear, issue: Held['issue'], head: Head): Promise<Change> {
  const states = await linear.workspace.statesOf(issue.team.id);
  const { type, name } = stateOf(head);
  const theirs = isCancelled(issue) || issue.state.type === 'completed';
  const stays = theirs || issue.state.type === type;
  return {
    ...(stays ? {} : { stateId: states[name] }),
    ...(await labelChange(linear, issue, { ended: head.open === 0 ? head.end : '', theirs })),
  };
}

/** While a claim holds, and where it was given back, a label that says blocked is a person's. */
async function labelChange(
  linear: Linear,
  { labelIds, team }: Held['issue'],
  { ended, theirs }: { readonly ended: Head['end']; readonly theirs: boolean },
): Promise<Change> {
  const { blocked, blockedIds } = await linear.labels.read(labelIds);
  if (ended === 'done' && blocked) return { removedLabelIds: blockedIds };
  if (ended !== 'blocked' || blocked || theirs) return {};
  return { addedLabelIds: [await linear.labels.blocked(team.id)] };
}
