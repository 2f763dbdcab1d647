import { expect, test } from 'vitest';
import type { HarnessEvent, StoredEvent } from '../../src/domain/event.ts';
import { unlandedIn } from '../../src/domain/landing.ts';

function storedAll(events: readonly HarnessEvent[]): StoredEvent[] {
  return events.map((event, at) => ({
    projectId: 'p',
    runId: 'r',
    id: at + 1,
    at: '2026-03-01T10:00:00.000Z',
    event,
  }));
}

const moved = (to: string): HarnessEvent => ({ type: 'main.moved', from: 'x', to, cause: 'y' });
const done = (item: string, commit: string): HarnessEvent => ({
  type: 'item.done',
  item,
  attempt: 'a',
  commit,
});
const landed = (commit: string): HarnessEvent => ({ type: 'main.landed', commit });
const delayed: HarnessEvent = { type: 'land.delayed', reason: 'dirty' };

test('only what main got after the last landing is not landed', () => {
  const events = [moved('1'), done('A-1', '1'), moved('2'), done('B-1', '2')];
  expect(unlandedIn(storedAll(events))).toBeNull();
  expect(unlandedIn(storedAll([...events, delayed]))).toEqual({
    reason: 'dirty',
    items: ['A-1', 'B-1'],
  });
  expect(unlandedIn(storedAll([...events, landed('1'), delayed]))?.items).toEqual(['B-1']);
  expect(unlandedIn(storedAll([...events, landed('2'), moved('3'), delayed]))?.items).toEqual([]);
  expect(unlandedIn(storedAll([...events, delayed, landed('2')]))).toBeNull();
});
