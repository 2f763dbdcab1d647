import type { NewItem, WorkTracker } from '../../work/tracker.ts';

type Change = Parameters<WorkTracker['edit']>[1];

/**
 * The same tracker, given only text that every store can keep: no NUL (Postgres refuses it) and no
 * half of a surrogate pair (files cannot hold it). Each becomes U+FFFD, alike in all adapters.
 */
export function withPlainText(tracker: WorkTracker): WorkTracker {
  return {
    prepare: () => tracker.prepare(),
    adopt: () => tracker.adopt(),
    list: (filter) => tracker.list(filter),
    get: (key) => tracker.get(plain(key)),
    names: () => tracker.names(),
    create: (items) => tracker.create(items.map(plainItem)),
    edit: (key, change) => tracker.edit(plain(key), plainChange(change)),
    next: () => tracker.next(),
    claim: (key, owner) => tracker.claim(plain(key), plain(owner)),
    take: (key, owner) => tracker.take(plain(key), plain(owner)),
    finish: (claim, status) => tracker.finish({ ...claim, key: plain(claim.key) }, status),
    release: (claim) => tracker.release({ ...claim, key: plain(claim.key) }),
    move: (key, to) => tracker.move(plain(key), to),
    comment: (key, { id, author, text }) =>
      tracker.comment(plain(key), { id: plain(id), author: plain(author), text: plain(text) }),
    comments: (key) => tracker.comments(plain(key)),
    hurry: () => tracker.hurry?.(),
    close: () => tracker.close(),
  };
}

function plainItem(item: NewItem): NewItem {
  return {
    key: plain(item.key),
    title: plain(item.title),
    description: plain(item.description),
    priority: item.priority,
    dependencies: item.dependencies.map(plain),
    labels: item.labels.map(plain),
    parent: item.parent === null ? null : plain(item.parent),
  };
}

function plainChange({ title, description, priority, labels, cancelled }: Change): Change {
  return {
    ...(title === undefined ? {} : { title: plain(title) }),
    ...(description === undefined ? {} : { description: plain(description) }),
    ...(priority === undefined ? {} : { priority }),
    ...(labels === undefined ? {} : { labels: labels.map(plain) }),
    ...(cancelled === undefined ? {} : { cancelled }),
  };
}

function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{FFFD}');
}
