import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openMemoryTracker } from '../../src/adapters/trackers/memory.ts';
import { createDemoTracker, type DemoTracker } from '../../src/demo/demo-tracker.ts';
import type { Run } from '../../src/domain/run.ts';
import type { McpOrder } from '../../src/gateway/mcp/door.ts';
import type { RunStore } from '../../src/work/run-store.ts';
import { SETTINGS } from '../support/a-run.ts';
import { FAKE_KEY, startFakeLinear } from '../support/linear/start-fake-linear.ts';
import { freePort } from '../support/loopback.ts';

const demo = { tracker: 'linear', issues: 2, project: null } as const;

function aTracker(url: string, key: string): DemoTracker {
  const settings = { ...SETTINGS, demo };
  const run: Run = Object.assign(Object.create(null), { id: 'r-1', projectId: 'p', settings });
  const runs: RunStore['runs'] = Object.assign(Object.create(null), { get: async () => run });
  return createDemoTracker({
    store: { runs },
    trackerOf: async () => openMemoryTracker(),
    newId: randomUUID,
    madeProject: async () => undefined,
    teamOf: async () => 't',
    linear: {
      name: 'linear',
      url,
      headers: { Authorization: `Bearer ${key}` },
      tools: [],
      phases: [],
    },
  });
}

const SUBJECT = { attempt: 'a', phase: 'initialize', role: 'initializer', item: null } as const;
const ORDER: McpOrder = { runId: 'r-1', subject: SUBJECT, note: async () => undefined };

async function endOf(tracker: DemoTracker): Promise<unknown> {
  const [server] = await tracker.servers(ORDER);
  return server?.connect().then(
    () => 'connected',
    (error: unknown) => error,
  );
}

test('R-155 a server that refuses the key is said to be one, with what to look at and without the key', async () => {
  await using fake = await startFakeLinear();
  const key = 'lin_api_revoked';
  expect(await endOf(aTracker(fake.mcpUrl, key))).toMatchObject({
    code: 'MCP_UNAVAILABLE',
    message: expect.stringMatching(
      /^MCP server connection failed: linear \(http:\/\/127\.0\.0\.1:\d+\/mcp\): (?!.*lin_api).*Check LINEAR_API_KEY and LINEAR_MCP_URL/su,
    ),
  });
  expect(await endOf(aTracker(fake.mcpUrl, FAKE_KEY))).toBe('connected');
});

test('R-155 so is one that is down', async () => {
  expect(await endOf(aTracker(`http://127.0.0.1:${await freePort()}/mcp`, FAKE_KEY))).toMatchObject(
    {
      code: 'MCP_UNAVAILABLE',
      message: expect.stringMatching(
        /^MCP server connection failed: linear .*Check LINEAR_API_KEY/su,
      ),
    },
  );
});
