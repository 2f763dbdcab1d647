import type { Ask } from '../../src/rehearsal/ask.ts';
import { withoutFaults } from '../../src/rehearsal/faults.ts';
import { startRehearsalModel } from '../../src/rehearsal/model.ts';
import type { Scenario } from '../../src/rehearsal/script.ts';
import { aBench, type Bench } from './harness-cli.ts';
import { testDatabase } from './database.ts';
import { unitConverter } from './second-scenario.ts';

/** One item, no fault: the fewest sessions that pass through every planning phase. */
export function smallScenario(): Scenario {
  const whole = withoutFaults(unitConverter());
  return { ...whole, items: whole.items.slice(0, 1) };
}

/** One session for each planning phase, and headers that tell the scripted model who asks. */
export const SMALL_YAML = `phases:
  ideation: { pattern: single }
  architecture: { pattern: single }
gateway: { attribution_headers: true }
error_recovery: { retry_delay_seconds: 1 }
`;

export interface SmallRun extends AsyncDisposable {
  readonly bench: Bench;
  /** Requests that the scripted model has had. */
  readonly asks: readonly Ask[];
}

/** A bench in front of a scripted model, which to the command line is a real one with a key. */
export async function aSmallRun(
  order: { readonly scenario?: Scenario; readonly yaml?: string } = {},
): Promise<SmallRun> {
  const asks: Ask[] = [];
  const model = await startRehearsalModel({
    scenario: order.scenario ?? smallScenario(),
    clock: Date,
    log: ({ ask }) => asks.push(ask),
  });
  const database = await testDatabase();
  const bench = await aBench({
    databaseUrl: database.url,
    yaml: SMALL_YAML + (order.yaml ?? ''),
    env: { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'a-key-nobody-checks' },
  });
  return {
    bench,
    asks,
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await model.close();
    },
  };
}
