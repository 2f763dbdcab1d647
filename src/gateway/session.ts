import type { HarnessEvent } from '../domain/event.ts';
import type { Reservation, UsageEntry } from '../work/run-store.ts';
import type { Sender } from './ask-upstream.ts';
import type { EgressSettings } from './egress/egress.ts';
import type { McpSettings } from './mcp/door.ts';
import type { Failure } from './failures.ts';
import { brief } from './failures.ts';
import { usageOf } from './prices.ts';
import type { Tokens } from './prices.ts';
import type { Patience } from './progress.ts';
import type { Redact } from './redact-credential.ts';
import type { RunSpending } from './run-spending.ts';
import type { Ledger, Upstream, WireOrder, WireVerdict } from './wire.ts';

/** What the gateway is made with. */
export interface GatewayDeps {
  readonly upstream: Upstream;
  readonly ledger: Ledger;
  /** Appends a fact of the session; throws when it could not. */
  readonly record: (order: WireOrder, event: HarnessEvent) => void | Promise<void>;
  readonly egress: EgressSettings;
  readonly mcp: McpSettings;
  /** Exact types of tools that the operator lets run at the provider, such as `web_search_20250305`. */
  readonly providerTools: readonly string[];
  readonly clock: {
    /** Epoch milliseconds. */
    now(): number;
    /** Milliseconds that only grow. */
    monotonic(): number;
  };
  readonly newId: () => string;
  /** How long an answer may go on without getting anywhere; absent: as `PATIENCE` says. */
  readonly patience?: Patience;
}

/** What all wires of a gateway share. */
export interface Shared extends GatewayDeps {
  readonly sender: Sender;
  readonly redact: Redact;
}

/** One session as the gateway knows it: what it did on the wire, and what ended it. */
export interface Session {
  readonly order: WireOrder;
  readonly spending: RunSpending;
  /** A byte went by. */
  touch(): void;
  lastByteAt(): number;
  verdict(): WireVerdict | null;
  /** The first verdict stays. */
  conclude(verdict: WireVerdict): void;
  /** What is set aside for a call of this session. */
  reservation(model: string, usd: number | null): Reservation;
  /**
   * Writes what a call cost into the ledger, null for nothing, in place of what was set aside for it.
   * Never throws: what fails is kept and holds up the next call.
   */
  settle(call: Reservation, charge: Charge | null): Promise<void>;
  /** Records an upstream failure; kept likewise. */
  fail(failure: Pick<Failure, 'kind' | 'message'>, status: number | null): Promise<void>;
  /** Records another fact; kept likewise. */
  note(event: HarnessEvent): Promise<void>;
  /** Records once for each run that its budget is used up; kept likewise. */
  announceBudget(verdict: WireVerdict): Promise<void>;
}

interface Charge {
  readonly tokens: Tokens;
  /** What the upstream called the request, if it did. */
  readonly upstreamId: string | undefined;
}

/** Far above what a bad day of a provider makes: a loop in the box must not fill the record. */
const MOST_FAILURES = 500;

/** What the gateway knows of one session: its verdict is its first, and final. */
export function createSession(shared: Shared, order: WireOrder, spending: RunSpending): Session {
  const { clock, ledger, record, redact } = shared;
  let lastByteAt = clock.monotonic();
  let verdict: WireVerdict | null = null;
  let failures = 0;
  const keep = (event: HarnessEvent): Promise<void> =>
    spending.writes.offer(async () => record(order, event));

  return {
    order,
    spending,
    touch: () => void (lastByteAt = clock.monotonic()),
    lastByteAt: () => lastByteAt,
    verdict: () => verdict,
    conclude: (found) => void (verdict ??= found),
    reservation: (model, usd) => reservationOf(order, { id: shared.newId(), model, usd }),
    settle(call, charge) {
      const entry = charge === null ? null : entryOf(call, charge);
      return spending.writes.offer(() => ledger.settle(call, entry));
    },
    async fail({ kind, message }, status) {
      failures += 1;
      if (failures > MOST_FAILURES) return;
      const text = brief(redact(message));
      await keep({ type: 'model.failed', subject: order.subject, status, kind, message: text });
    },
    note: keep,
    async announceBudget(found) {
      if (found.kind !== 'budget' || !spending.announce(found)) return;
      const { cap, spentUsd, budgetUsd } = found;
      await keep({
        type: 'budget.reached',
        ...(cap === 'run' ? {} : { cap }),
        spentUsd,
        budgetUsd,
      });
    },
  };
}

function reservationOf(
  order: WireOrder,
  call: Pick<Reservation, 'id' | 'model' | 'usd'>,
): Reservation {
  const { projectId, runId, sessionId, subject, owner, caps } = order;
  const { attempt: attemptId, phase, role, item: itemKey } = subject;
  return { ...call, projectId, runId, sessionId, attemptId, phase, role, itemKey, owner, caps };
}

/**
 * The ledger takes each request id once. An upstream that repeats its ids (a proxy, a restarted
 * server) must not make calls disappear from it, so ours is added to theirs.
 */
function entryOf(call: Reservation, { tokens, upstreamId }: Charge): UsageEntry {
  const { projectId, runId, sessionId, phase, role, itemKey, model } = call;
  const named = upstreamId !== undefined && /^[\w-]{1,100}$/u.test(upstreamId);
  const requestId = named ? `${upstreamId}/${call.id}` : call.id;
  const usage = usageOf(model, tokens);
  return { requestId, projectId, runId, sessionId, phase, role, itemKey, model, usage };
}
