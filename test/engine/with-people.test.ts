import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openJsonTracker } from '../../src/adapters/trackers/json.ts';
import type { Run } from '../../src/domain/run.ts';
import { drainOutbox, takeOverChanges } from '../../src/engine/tracker-sync.ts';
import type { WorkTracker } from '../../src/work/tracker.ts';
import {
  addItems,
  aRun,
  aStore,
  claim,
  SERVER_START_MS,
  type TestStore,
} from '../adapters/store/a-store.ts';

const Stored = z.looseObject({ work_items: z.array(z.looseObject({})) });

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

let run: Run;
let tracker: WorkTracker;
const deps = () => ({ store: tested.store, trackerOf: async () => tracker });

async function told(): Promise<void> {
  await drainOutbox(deps(), run);
}

async function itemNow() {
  const { status, reason } = (await tested.store.items.get(run.projectId, 'API-1')) ?? {};
  return { status, reason };
}

describe('an item that a person works on', () => {
  let folder: string;
  const file = (): string => join(folder, '.work_items.json');
  /** With an editor. */
  const edits = async (change: object): Promise<void> => {
    const stored = Stored.parse(JSON.parse(await readFile(file(), 'utf8')));
    for (const item of stored.work_items) Object.assign(item, change);
    await writeFile(file(), JSON.stringify(stored));
  };
  beforeEach(async () => {
    run = await aRun(tested.store);
    await addItems(tested.store, run, 'API-1');
    folder = await mkdtemp(join(tmpdir(), 'harness-people-'));
    tracker = openJsonTracker({ file: file(), project: 'shop' });
    await told();
    await edits({ status: 'in_progress' });
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is given to nobody, and the reason says what to do', async () => {
    expect(await takeOverChanges(deps(), run)).toBe(true);
    expect(await itemNow()).toMatchObject({
      status: 'blocked',
      reason: expect.stringMatching(/^a person works on it in the tracker: .*back to todo/u),
    });
    expect(await claim(tested.store, run)).toBeUndefined();
    await told();
    expect((await tracker.get('API-1')).status).toBe('in_progress');
    expect(await takeOverChanges(deps(), run)).toBe(false);
  });

  test('is worked on once they give it back', async () => {
    await takeOverChanges(deps(), run);
    await told();
    await edits({ status: 'todo' });
    expect(await takeOverChanges(deps(), run)).toBe(true);
    expect(await itemNow()).toMatchObject({ status: 'todo', reason: null });
    await told();
    expect(await takeOverChanges(deps(), run)).toBe(false);
  });

  test.each([
    [{ cancelled: true }, 'skipped by a person: cancelled in the tracker'],
    [{ status: 'done' }, 'skipped by a person: marked as done in the tracker'],
  ])('is out of the way once they say %o', async (...[said, reason]) => {
    await takeOverChanges(deps(), run);
    await told();
    await edits(said);
    expect(await takeOverChanges(deps(), run)).toBe(true);
    expect(await itemNow()).toMatchObject({ status: 'blocked', reason });
    await told();
    expect(await tracker.get('API-1')).toMatchObject(said);
    expect(await takeOverChanges(deps(), run)).toBe(false);
  });

  test('is not one that only an old list shows so', async () => {
    const old = await tracker.list();
    await edits({ status: 'todo' });
    tracker = Object.assign({}, tracker, { list: async () => old });
    expect(await takeOverChanges(deps(), run)).toBe(false);
    expect((await itemNow()).status).toBe('todo');
  });

  test('is not one that an agent was given meanwhile', async () => {
    await edits({ status: 'todo' });
    await claim(tested.store, run);
    await told();
    expect(await takeOverChanges(deps(), run)).toBe(false);
    expect((await itemNow()).status).toBe('in_progress');
  });
});
