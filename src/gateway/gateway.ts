import { HarnessError } from '../domain/errors.ts';
import { createSender } from './ask-upstream.ts';
import { redactorFor } from './redact-credential.ts';
import { createRunSpending } from './run-spending.ts';
import type { RunSpending } from './run-spending.ts';
import { createSession } from './session.ts';
import type { GatewayDeps } from './session.ts';
import { openWire } from './session-wire.ts';
import type { Gateway, Wire } from './wire.ts';

/**
 * The one way from sessions to a model: it alone holds the credential, counts what is spent, and
 * forwards no call that the caps of its run may not hold.
 *
 * `close` ends calls in flight, charges what they cost so far, and throws `LEDGER_UNWRITTEN` when
 * something that was spent could not be stored.
 */
export function createGateway(deps: GatewayDeps): Gateway {
  const sender = createSender(deps.upstream.baseUrl);
  const shared = { ...deps, sender, redact: redactorFor(deps.upstream.credential) };
  const runs = new Map<string, RunSpending>();
  const wires = new Set<Wire>();

  function spendingOf(runId: string): RunSpending {
    const known = runs.get(runId) ?? createRunSpending(deps.ledger);
    runs.set(runId, known);
    return known;
  }

  return {
    async open(order) {
      const wire = await openWire(shared, createSession(shared, order, spendingOf(order.runId)));
      wires.add(wire);
      return Object.freeze({
        ...wire,
        async [Symbol.asyncDispose]() {
          await wire[Symbol.asyncDispose]();
          wires.delete(wire);
        },
      });
    },
    async close() {
      await Promise.all([...wires].map((wire) => wire[Symbol.asyncDispose]()));
      sender.close();
      await drainAll(runs);
    },
  };
}

async function drainAll(runs: ReadonlyMap<string, RunSpending>): Promise<void> {
  const drained = await Promise.allSettled([...runs.values()].map(({ writes }) => writes.drain()));
  const failed = drained.find((result) => result.status === 'rejected');
  if (failed === undefined) return;
  throw new HarnessError(
    'LEDGER_UNWRITTEN',
    'Some of what was spent could not be stored; check the database. The cost shown is too low.',
    { cause: failed.reason },
  );
}
