import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HarnessError } from '../../src/domain/errors.ts';
import type { ToolsOrder } from '../../src/engine/attempt/deps.ts';
import { startEngine, type StartedEngine } from '../../src/engine/start.ts';
import { aHost, type TestHost } from './a-host.ts';
import { anImplementation, eventsOf, over } from './a-run-under-way.ts';
import { builds, writes, type Playing } from './plays.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const WORDS = 'The MCP server notes describes list in another way than when it was first used';

let host: TestHost;
let worker: StartedEngine;
const asked: ToolsOrder[] = [];
const prompts: string[] = [];
beforeAll(async () => {
  host = await aHost({
    sessionTools: async (order) => {
      asked.push(order);
      order.asked('registry.example', null);
      order.asked('registry.example', null);
      if (order.subject.item === 'BAD-1') throw new HarnessError('MCP_CHANGED', WORDS);
      return {
        servers: [{ name: 'playwright', command: ['node'], tools: ['browser_take_screenshot'] }],
        readable: [],
      };
    },
  });
  worker = await startEngine(host.engineDeps);
});
afterAll(async () => {
  await worker.stop();
  await host[Symbol.asyncDispose]();
});

/** Takes a picture, then does as it should. */
const looks: Playing = async function* look(scene) {
  const { images } = asked.at(-1) ?? { images: '' };
  yield {
    do: 'tool',
    name: 'mcp__playwright__browser_take_screenshot',
    work: async () => {
      await mkdir(images, { recursive: true });
      await writeFile(join(images, 'page one.png'), PNG);
      await writeFile(join(images, 'page.yml'), 'text');
      prompts.push(scene.order.prompt);
      return 'taken';
    },
  };
  yield writes(`${scene.attempt.itemKey ?? ''}.txt`);
};

test('R-010 what a session photographed is kept beside the project, and is an event', async () => {
  const run = await anImplementation(host, { play: looks, items: [{ key: 'A-1' }] });
  expect(await over(host, run)).toMatchObject({ status: 'completed' });
  const events = await eventsOf(host, run);
  const kept = events.flatMap((event) => (event.type === 'screenshots.kept' ? [event] : []));
  expect(kept).toMatchObject([{ subject: { item: 'A-1', role: 'coder' }, left: 1 }]);
  const project = await host.store.projects.get(run.projectId);
  const file = join(project?.directory ?? '', kept[0]?.files[0] ?? '');
  expect(file).toMatch(/A-1\/try-1-01-page-one\.png$/u);
  expect(await readFile(file)).toEqual(PNG);
  expect(prompts).toEqual([expect.stringContaining('You have a browser')]);
  expect(dirname(asked.at(-1)?.images ?? '')).toContain('/sessions/');
});

test('each host that an installation asked is an event, once', async () => {
  const run = await anImplementation(host, { play: builds(), items: [{ key: 'A-1' }] });
  await over(host, run);
  const hosts = (await eventsOf(host, run)).filter(({ type }) => type === 'packages.asked');
  expect(hosts).toEqual([{ type: 'packages.asked', host: 'registry.example', reason: null }]);
});

test('I8 a server that changed its words begins no session, and the run says so', async () => {
  const run = await anImplementation(host, { play: builds(), items: [{ key: 'BAD-1' }] });
  expect(await over(host, run)).toMatchObject({
    status: 'paused',
    reason: expect.stringContaining(WORDS),
  });
  const events = await eventsOf(host, run);
  expect(events.filter(({ type }) => type === 'session.started')).toEqual([]);
});
