import { expect, test } from 'vitest';
import { startRehearsalModel } from '../../src/rehearsal/model.ts';
import { isDemo, pocketLedger } from '../../src/rehearsal/scenarios/pocket-ledger.ts';
import { testDatabase } from '../support/database.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit } from '../support/harness-cli.ts';
import { FAKE_KEY, NO_LIMITS, startFakeLinear } from '../support/linear/start-fake-linear.ts';
import { noting } from '../support/noted-requests.ts';
import { smallScenario } from '../support/small-run.ts';

// About 30 s.
test.skipIf(quickOnly)(
  'R-020 R-030 each request of demo mode names the model of --model, and an issue is In Progress before its session asks anything',
  { timeout: 300_000 },
  async () => {
    const demo = pocketLedger();
    const model = await startRehearsalModel({
      scenario: smallScenario(),
      instead: (ask) => (isDemo(ask) ? demo : undefined),
      clock: Date,
    });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => model.close());
    const noted = stack.use(await noting(model.url));
    const linear = stack.use(await startFakeLinear({ limits: NO_LIMITS }));
    const database = stack.use(await testDatabase());
    const bench = stack.use(
      await aBench({
        databaseUrl: database.url,
        yaml: 'gateway: { attribution_headers: true }\n',
        env: {
          ANTHROPIC_BASE_URL: noted.url,
          ANTHROPIC_API_KEY: 'a-key-nobody-checks',
          LINEAR_API_KEY: FAKE_KEY,
          LINEAR_API_URL: linear.apiUrl,
          LINEAR_MCP_URL: linear.mcpUrl,
        },
      }),
    );
    const begun: number[] = [];
    linear.store.onChange(({ entity }) => {
      const state = linear.store.all('WorkflowState').find(({ id }) => id === entity['stateId']);
      if (state?.['name'] === 'In Progress') begun.push(performance.now());
    });
    const words = ['--issues', '2', '--max-iterations', '2', '--model', 'a-model-of-my-own'];
    proveExit(await bench.run(['demo', '--project-dir', 'shop', ...words]), 0);

    expect(noted.sessions()).toHaveLength(2);
    expect([...new Set(noted.models())]).toEqual(['a-model-of-my-own']);
    const first = noted.seen.find(({ role }) => role === 'coder');
    expect(begun.length).toBeGreaterThan(0);
    expect(begun[0]).toBeLessThan(first?.at ?? 0);
  },
);
