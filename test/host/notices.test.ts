import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import { NEWS, type News } from '../../src/domain/news.ts';
import { errorsInARow, type Run } from '../../src/domain/run.ts';
import { openNotices } from '../../src/host/notices.ts';
import {
  aRun,
  aStore,
  moveTo,
  SERVER_START_MS,
  type TestStore,
} from '../adapters/store/a-store.ts';
import { load } from '../config/load.ts';
import { startPostsServer } from '../support/posts-server.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await aStore();
}, SERVER_START_MS);
afterAll(() => tested[Symbol.asyncDispose]());

const ID = 'webhook:of-the-test';

/** A run whose own configuration named that one. */
const aToldRun = (label: string): Promise<Run> =>
  aRun(tested.store, { label, notifiers: ['another', ID] });

/** A process that tells these news to this address, of runs with a label of its own. */
function told(
  label: string,
  { url, on = NEWS }: { readonly url: string; readonly on?: readonly News[] },
) {
  const notify = [{ id: ID, type: 'webhook', url: new Secret(url), secret: null, on }] as const;
  const config = { ...load({}), notify };
  const lines: string[] = [];
  const app = { store: tested.store, config, path: '', homeFolder: '/' };
  const server = { url: 'postgres://db.example/x' };
  return {
    lines,
    notices: openNotices({ ...app, server, log: (line) => void lines.push(line) }, label),
  };
}

const endings = async (run: Run) => {
  const stored = await tested.store.events.read(run.projectId, { after: 0, limit: 1000 });
  return stored.flatMap(({ event }) => (event.type === 'person.told' ? [event] : []));
};

test('each fact is told once, though two processes look and a third comes later', async () => {
  await using server = await startPostsServer();
  const run = await aToldRun('once');
  const both = [told('once', server), told('once', server)];
  await moveTo(tested.store, run, { status: 'limited', reason: 'weekly limit' });
  await server.reached(1);
  await Promise.all(both.map(({ notices }) => notices.stop()));
  await told('once', server).notices.stop();
  expect(server.posts.map(({ body }) => JSON.parse(body))).toMatchObject([
    { news: 'parked', run: run.id, text: 'shop is parked: weekly limit', rehearsal: false },
  ]);
  expect(await endings(run)).toMatchObject([{ news: 'parked', by: 'webhook', failure: null }]);
});

test('what is told is what was asked for: of this label, of these news, and nothing a person did', async () => {
  await using server = await startPostsServer();
  const order = { url: server.url, on: ['failed', 'parked'] } as const;
  const run = await aToldRun('some');
  const other = await aToldRun('another');
  await moveTo(tested.store, other, { status: 'failed' });
  await moveTo(tested.store, run, { status: 'stopping' });
  await moveTo(tested.store, run, { status: 'stopped' });
  await moveTo(tested.store, run, { status: 'paused' });
  await moveTo(tested.store, run, { status: 'completed' });
  await moveTo(tested.store, run, { status: 'paused', reason: errorsInARow(3, ['no network']) });
  await moveTo(tested.store, run, { status: 'failed', reason: `said by ${server.url}\u001b[2J` });
  await told('some', order).notices.stop();
  expect(server.posts.map(({ body }) => JSON.parse(body).text)).toEqual([
    'shop is parked: 3 errors in a row: no network',
    'shop failed: said by [secret]',
  ]);
});

test('nobody is told of a run whose own configuration names others or none, wherever it is hosted', async () => {
  await using server = await startPostsServer();
  const silent = await aRun(tested.store, { label: 'whose' });
  const foreign = await aRun(tested.store, { label: 'whose', notifiers: ['another', `${ID}x`] });
  const mine = await aToldRun('whose');
  for (const run of [silent, foreign, mine])
    await moveTo(tested.store, run, { status: 'completed' });
  await told('whose', server).notices.stop();
  expect(server.posts.map(({ body }) => JSON.parse(body).run)).toEqual([mine.id]);
});

test(
  'one that never answers holds nothing up for long, and is not told again',
  { timeout: 30_000 },
  async () => {
    await using server = await startPostsServer(() => undefined);
    const run = await aToldRun('hangs');
    await moveTo(tested.store, run, { status: 'completed' });
    const began = performance.now();
    await told('hangs', server).notices.stop();
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(await endings(run)).toMatchObject([{ news: 'done', failure: 'this process ended' }]);
    await told('hangs', server).notices.stop();
    expect(server.posts.length).toBe(1);
  },
);
