import { expect, onTestFinished, test } from 'vitest';
import { withoutFaults } from '../../src/rehearsal/faults.ts';
import { startRehearsalModel } from '../../src/rehearsal/model.ts';
import { testDatabase } from '../support/database.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit, type Bench } from '../support/harness-cli.ts';
import { startLimitingModel } from '../support/limiting-model.ts';
import { apiError, startMessagesServer, type Reply } from '../support/messages-server.ts';
import { unitConverter } from '../support/second-scenario.ts';
import { aSmallRun, SMALL_YAML, smallScenario } from '../support/small-run.ts';

const RUN = ['run', '--idea', 'A module that converts feet.', '--no-interactive'];

/** A bench in front of an upstream that always answers the same. */
async function inFrontOf(reply: Reply, yaml = ''): Promise<Bench> {
  const server = await startMessagesServer(() => reply);
  const database = await testDatabase();
  const bench = await aBench({
    databaseUrl: database.url,
    yaml: SMALL_YAML + yaml,
    env: { ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'not-the-right-one' },
  });
  onTestFinished(async () => {
    await bench[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  return bench;
}

test('a refused key ends the run with 4 within seconds, and says so', async () => {
  const bench = await inFrontOf(apiError(401, 'authentication_error'));
  const ended = await bench.run(RUN);
  proveExit(ended, 4);
  expect(ended.stdout).toContain('credential refused');
  // The agent's own client would repeat it for minutes.
  expect(ended.seconds).toBeLessThan(60);
});

test(
  'a spent budget parks the run with 75, and a larger one goes on to the end',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun();
    const parked = await small.bench.run([...RUN, '--budget', '0.01']);
    proveExit(parked, 75);
    expect(parked.stdout).toMatch(/budget/);
    const before = small.asks.length;
    const refused = await small.bench.run(['resume', '--no-interactive']);
    proveExit(refused, 75);
    expect(small.asks.length).toBe(before);
    const ended = await small.bench.run(['resume', '--no-interactive', '--budget', '5']);
    proveExit(ended, 0);
  },
);

test.skipIf(quickOnly)(
  'with budget.on_limit: stop a spent budget stops the run with 75, and a larger one goes on to the end',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun({ yaml: 'budget: { run_usd: 0.01, on_limit: stop }\n' });
    proveExit(await small.bench.run(RUN), 75);
    const status: unknown = JSON.parse((await small.bench.run(['status', '--json'])).stdout);
    expect(status).toMatchObject({ status: 'stopped' });
    const why: unknown = JSON.parse((await small.bench.run(['why', '--json'])).stdout);
    expect(why).toMatchObject({
      cause: expect.stringMatching(/^the budget of \$0\.01 is reached/u),
      action: expect.stringContaining('Raise the cap'),
    });
    const ended = await small.bench.run(['resume', '--no-interactive', '--budget', '5']);
    proveExit(ended, 0);
  },
);

test.skipIf(quickOnly)(
  'the cap on sessions parks the run with 75, counted over its restarts',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun();
    const parked = await small.bench.run([...RUN, '--max-sessions', '2']);
    proveExit(parked, 75);
    expect(parked.stdout).toContain('cap of 2 sessions');
    expect(new Set(small.asks.map((ask) => ask.session)).size).toBe(2);
    const more = ['resume', '--no-interactive', '--max-sessions'];
    const again = await small.bench.run([...more, '4']);
    proveExit(again, 75);
    expect(new Set(small.asks.map((ask) => ask.session)).size).toBe(4);
    const ended = await small.bench.run([...more, '20']);
    proveExit(ended, 0);
  },
);

test.skipIf(quickOnly)(
  'a limit that lasts longer than limits.max_wait_minutes parks the run with 75',
  { timeout: 180_000 },
  async () => {
    const limited = apiError(429, 'rate_limit_error', { 'retry-after': '3600' });
    const bench = await inFrontOf(limited, 'limits: { max_wait_minutes: 1 }\n');
    const ended = await bench.run(RUN);
    proveExit(ended, 75);
    expect(ended.seconds).toBeLessThan(60);
  },
);

test.skipIf(quickOnly)(
  'a limit that resets soon is waited out, by a phase and by an item, and costs neither of them a try',
  { timeout: 300_000 },
  async () => {
    const model = await startRehearsalModel({ scenario: smallScenario(), clock: Date });
    onTestFinished(() => model.close());
    await using limiting = await startLimitingModel(model.url, [
      { phase: 'ideation', resetMs: 5000 },
      { phase: 'implement', resetMs: 6000 },
    ]);
    await using database = await testDatabase();
    await using bench = await aBench({
      databaseUrl: database.url,
      // One failure would already be too many.
      yaml: `${SMALL_YAML}items: { max_attempts: 1 }\n`,
      env: { ANTHROPIC_BASE_URL: limiting.url, ANTHROPIC_API_KEY: 'a-key-nobody-checks' },
    });
    const ended = await bench.run(RUN);
    proveExit(ended, 0);
    expect(ended.stdout).toContain('Built 1 of 1 work items');
    expect(limiting.refusals.map(({ phase }) => phase)).toEqual(['ideation', 'implement']);
    for (const { phase, until } of limiting.refusals) {
      const first = limiting.later.find((one) => one.phase === phase);
      expect(first?.at).toBeGreaterThanOrEqual(until);
      expect(ended.stdout).toContain('You have reached the limit of your plan.');
    }
    const shown = await bench.run(['items', 'show', 'FEET-1']);
    expect(shown.stdout).toMatch(/failures +0 of 2 tries/);
  },
);

test.skipIf(quickOnly)(
  'with --parallel 1 there is one item at a time',
  { timeout: 400_000 },
  async () => {
    await using small = await aSmallRun({ scenario: withoutFaults(unitConverter()) });
    const ended = await small.bench.run([...RUN, '--parallel', '1']);
    proveExit(ended, 0);
    const items = small.asks.map((ask) => ask.item).filter((item) => item !== '');
    const turns = items.filter((item, index) => item !== items[index - 1]);
    expect(turns).toHaveLength(5);
    expect(ended.stdout).toContain('Nothing went wrong on the way.');
  },
);
