import { expect } from 'vitest';
import type { HarnessEvent } from '../../src/domain/event.ts';
import type { Remains } from './examine.ts';
import { FILES } from './scenario.ts';

/**
 * What a run must tell in the same order however often it was killed: its phases, approvals,
 * documents with the moves of main that brought them, and end. Left out are what only tells of effort
 * (sessions, checks, landing), and the items, whose order among each other is a matter of luck (see
 * `storyOf`).
 */
function courseOf({ events }: Remains): readonly string[] {
  return events.flatMap(({ event }) => courseLine(event) ?? []);
}

function courseLine(event: HarnessEvent): string | undefined {
  const { type } = event;
  if (type === 'phase.started') return `${type} ${event.phase} ${String(event.attempt)}`;
  if (type === 'phase.ended') return `${type} ${event.phase} ${event.status}`;
  if (type === 'approval.asked' || type === 'approval.answered') return `${type} ${event.phase}`;
  if (type === 'document.written') return `${type} ${event.path} ${event.hash}`;
  if (type === 'main.moved' && !/^[A-Z]+-\d+$/.test(event.cause)) return `${type} ${event.cause}`;
  return type === 'run.status' ? `${type} ${event.status}` : undefined;
}

/** What happened to one work item, in order. */
function storyOf({ events }: Remains, key: string): readonly string[] {
  return events.flatMap(({ event }) => {
    if ('item' in event && event.item === key) return [event.type];
    return event.type === 'main.moved' && event.cause === key ? [event.type] : [];
  });
}

/** How often the model's agents began or went on: what costs money. */
export function sessionsOf({ events }: Remains): number {
  return events.filter(({ event }) => /^session\.(?:started|resumed)$/.test(event.type)).length;
}

/** What holds at the end of every run, disturbed or not. */
export function expectSound(remains: Remains, files: readonly string[] = FILES): void {
  const { run, events, items, attempts } = remains;
  expect(run.status).toBe('completed');
  expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
  expect(attempts.filter(({ end }) => end === null)).toEqual([]);
  expect(items.map(({ status }) => status)).toEqual(items.map(() => 'done'));
  for (const { key } of items)
    expect(storyOf(remains, key).filter((type) => type === 'item.done')).toHaveLength(1);
  expect(remains.files).toEqual(expect.arrayContaining([...files]));
  expect(remains.clones).toEqual([]);
  expect(remains.processes).toEqual([]);
  expectProvedMoves(remains);
}

/** Each place main ever was: planned text, or a tree that its gate had passed before (I10). */
function expectProvedMoves({ events, treeOf }: Remains): void {
  const proved = new Set<string>();
  const documents = new Set<string>();
  for (const { event } of events) {
    if (event.type === 'document.written') documents.add(event.commit);
    if (event.type === 'checks.run' && event.evidence.every((one) => one.verdict === 'passed'))
      proved.add(event.tree);
    if (event.type !== 'main.moved') continue;
    const fine = documents.has(event.to) || proved.has(treeOf.get(event.to) ?? 'unknown');
    expect(fine ? [] : [`main moved unproved: ${JSON.stringify(event)}`]).toEqual([]);
  }
  const moves = events.flatMap(({ event }) => (event.type === 'main.moved' ? [event.to] : []));
  // Newest first, and the oldest is the user's own: events tell main's history, in its order.
  expect(moves).toEqual([...treeOf.keys()].slice(0, -1).toReversed());
}

/** A disturbed run against an undisturbed one. */
export function expectSame(disturbed: Remains, calm: Remains): void {
  expect(disturbed.tree).toBe(calm.tree);
  expect(courseOf(disturbed)).toEqual(courseOf(calm));
  for (const { key } of calm.items) expect(storyOf(disturbed, key)).toEqual(storyOf(calm, key));
}
