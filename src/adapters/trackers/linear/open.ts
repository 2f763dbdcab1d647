import type { ItemName, TrackedItem, TrackerClaim, WorkTracker } from '../../../work/tracker.ts';
import { hasCode } from '../../../domain/errors.ts';
import { withPlainText } from '../plain-text.ts';
import { inOrder, isReady, unknownItem } from '../rules.ts';
import { adopt } from './adopt.ts';
import { createBoard } from './board.ts';
import { readHeld } from './chain.ts';
import { claim, end, put, take } from './claims.ts';
import { createLinearClient } from './client.ts';
import type { ClientOrder } from './client.ts';
import { comment, comments } from './comments.ts';
import { create } from './create.ts';
import { edit } from './edit.ts';
import { GONE } from './ends.ts';
import { itemOf } from './item.ts';
import { createLabelBook } from './labels.ts';
import type { Linear } from './linear.ts';
import type { Home } from './record.ts';
import { createWorkspace } from './workspace.ts';
import { prepare } from './prepare.ts';
import type { Placing } from './workspace.ts';

export interface LinearTrackerOrder extends Placing, ClientOrder {
  readonly newId: () => string;
}

/**
 * The tracker in a project of a Linear workspace. Beyond the port's errors it throws `TRACKER_DENIED`
 * (exit 4), `TRACKER_MISPLACED`, `TRACKER_FULL`, `TRACKER_REFUSED`, `TRACKER_GONE` and `TRACKER_MOVED`
 * (exit 2: a person has to mend it),
 * `TRACKER_LIMITED` and `TRACKER_UNREACHABLE` (exit 75: it passes).
 */
export function openLinearTracker(order: LinearTrackerOrder): WorkTracker {
  const linear = connect(order);
  let read = false;
  const at = async (key: string): Promise<Home> => {
    const home = await linear.workspace.home();
    if (home === undefined) throw unknownItem(key);
    // Which issues are items under their own names is known once all were read.
    if (!read) await linear.board.all(home);
    read = true;
    return home;
  };
  const get = async (key: string): Promise<TrackedItem> => {
    const held = await readHeld(linear.client, await at(key), key);
    return itemOf(held, await linear.labels.read(held.issue.labelIds));
  };
  const write = async <T>(key: string, work: (home: Home) => Promise<T>): Promise<T> => {
    const home = await at(key);
    return work(home).catch((error: unknown) => sayWhatIsGone(linear, home, { key, error }));
  };
  const finish = (held: TrackerClaim, status: 'todo' | 'done' | 'blocked'): Promise<void> =>
    write(held.key, (home) => end(linear, home, { claim: held, status }));
  return withPlainText({
    prepare: () => prepare(linear),
    adopt: () => adopt(linear),
    async list({ status } = {}) {
      const items = inOrder(await allItems(linear));
      read = true;
      return items.filter((item) => status === undefined || item.status === status);
    },
    get,
    names: () => names(linear),
    create: (items) => create(linear, items),
    async edit(key, change) {
      await write(key, (home) => edit(linear, home, { key, change }));
      return get(key);
    },
    next: () => next(linear),
    claim: (key, owner) => write(key, (home) => claim(linear, home, { key, owner })),
    take: (key, owner) => write(key, (home) => take(linear, home, { key, owner })),
    finish,
    release: (held) => finish(held, 'todo'),
    move: (key, to) => write(key, (home) => put(linear, home, { key, to })),
    comment: (key, said) => write(key, (home) => comment(linear, home, { key, ...said })),
    comments: async (key) => comments(linear, await at(key), key),
    hurry: () => linear.client.hurry(),
    close: async () => linear.client.close(),
  });
}

/** Where it was the issue that people deleted, throws `ITEM_UNKNOWN`; else what was thrown. */
async function sayWhatIsGone(
  linear: Linear,
  home: Home,
  { key, error }: { readonly key: string; readonly error: unknown },
): Promise<never> {
  if (!hasCode(error, GONE)) throw error;
  linear.workspace.forgetTeams();
  await readHeld(linear.client, home, key);
  throw error;
}

function connect(order: LinearTrackerOrder): Linear {
  const client = createLinearClient(order);
  const workspace = createWorkspace(client, order);
  const labels = createLabelBook(client);
  const board = createBoard(client, { now: order.now, onWhole: () => labels.forget() });
  return { client, workspace, labels, board, newId: order.newId };
}

async function next(linear: Linear): Promise<TrackedItem | undefined> {
  const items = await allItems(linear);
  const byKey = new Map(items.map((item) => [item.key, item]));
  return inOrder(items).find((item) => isReady(item, byKey));
}

async function names({ workspace, board }: Linear): Promise<readonly ItemName[]> {
  const home = await workspace.home();
  if (home === undefined) return [];
  const cards = await board.all(home);
  return cards.map(({ issue: { id, identifier }, record: { key } }) => ({
    key,
    id,
    name: identifier,
  }));
}

async function allItems(linear: Linear): Promise<readonly TrackedItem[]> {
  const home = await linear.workspace.home();
  if (home === undefined) return [];
  const cards = await linear.board.all(home);
  await linear.labels.learn(cards.flatMap(({ issue }) => issue.labelIds));
  const items: TrackedItem[] = [];
  for (const card of cards) {
    const labels = await linear.labels.read(card.issue.labelIds);
    items.push(itemOf({ ...card, head: card.record }, labels));
  }
  return items;
}
