import type { WorkTracker } from '../../work/tracker.ts';
import { claimed, commented, find, moved, put, shown, taken, withItem, withNew } from './board.ts';
import type { Board, Change } from './board.ts';
import { withPlainText } from './plain-text.ts';
import { inOrder, isReady } from './rules.ts';

/** Where a board is kept. */
export interface BoardStore {
  read(): Promise<Board>;
  /** One change at a time over everybody who uses the store; kept before it resolves. */
  change<T>(step: (board: Board) => Change<T>): Promise<T>;
}

/** A tracker over a board that is read and written as a whole. `now` stamps what is written. */
export function boardTracker(store: BoardStore, now: () => Date): WorkTracker {
  const at = (): string => now().toISOString();
  return withPlainText({
    adopt: () => Promise.resolve(),
    async prepare() {
      await store.read();
      return null;
    },
    async list({ status } = {}) {
      const items = inOrder((await store.read()).items.values());
      return items.filter((item) => status === undefined || item.status === status).map(shown);
    },
    async get(key) {
      return shown(find(await store.read(), key));
    },
    async names() {
      const { items } = await store.read();
      return [...items.keys()].map((key) => ({ key, id: key, name: key }));
    },
    create: (items) => store.change((board) => withNew(board, items, at())),
    async edit(key, change) {
      const next = { ...change, updatedAt: at() };
      return shown(await store.change((board) => withItem(board, key, next)));
    },
    async next() {
      const { items } = await store.read();
      const first = inOrder(items.values()).find((item) => isReady(item, items));
      return first === undefined ? undefined : shown(first);
    },
    claim: (key, owner) => store.change((board) => claimed(board, { key, owner, at: at() })),
    take: (key, owner) => store.change((board) => taken(board, { key, owner, at: at() })),
    finish: (claim, status) => store.change((board) => moved(board, claim, { status, at: at() })),
    release: (claim) => store.change((board) => moved(board, claim, { status: 'todo', at: at() })),
    move: (key, to) => store.change((board) => put(board, key, { status: to, at: at() })),
    comment: (key, comment) =>
      store.change((board) => commented(board, key, Object.freeze({ ...comment, at: at() }))),
    async comments(key) {
      const board = await store.read();
      find(board, key);
      return [...(board.comments.get(key) ?? [])];
    },
    close: () => Promise.resolve(),
  });
}
