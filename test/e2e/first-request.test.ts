import { expect, test } from 'vitest';
import { withBrowserTools } from '../../bench/browser-tools.ts';
import { bareFirstRequest, harnessFirstRequest } from '../../bench/first-request.ts';
import { DEFAULT_MODEL } from '../../src/config/models.ts';

test('the first request of a coding session has at most 14 KB, the item’s text left out', async () => {
  expect(await harnessFirstRequest(DEFAULT_MODEL)).toBeLessThanOrEqual(14_000);
});

test('with the trimmed browser it has at most 21 KB', async () => {
  const bytes = await withBrowserTools((servers) =>
    harnessFirstRequest(DEFAULT_MODEL, { boxServers: servers }),
  );
  expect(bytes).toBeGreaterThan(15_000);
  expect(bytes).toBeLessThanOrEqual(21_000);
});

test('in demo mode, with the tools of the tracker and the trimmed browser, it has less than 22 KB', async () => {
  const bytes = await withBrowserTools((boxServers) =>
    harnessFirstRequest(DEFAULT_MODEL, { boxServers, demo: true }),
  );
  expect(bytes).toBeGreaterThan(16_000);
  expect(bytes).toBeLessThan(22_000);
});

// Older models get a far larger preset from the agent's program, which nobody can trim.
test.each(['claude-sonnet-4-5', 'claude-sonnet-5'])(
  'with %s it is at most 2 KB above the bare SDK with the same tools',
  async (model) => {
    const [ours, bare] = [await harnessFirstRequest(model), await bareFirstRequest(model)];
    expect(bare).toBeGreaterThan(8000);
    expect(ours - bare).toBeLessThanOrEqual(2000);
  },
);
