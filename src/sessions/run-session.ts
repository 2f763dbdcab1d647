import { HarnessError } from '../domain/errors.ts';
import type { Agent, SessionEnd, SessionEvent, SessionOrder } from './agent.ts';
import { createRecollection } from './recollection.ts';
import type { Recollection } from './recollection.ts';
import { createRefusalWatch } from './refusal-watch.ts';
import type { Denial, RefusalWatch } from './refusal-watch.ts';
import { startStallWatch } from './stall-watch.ts';
import type { Overrun, SessionLimits } from './stall-watch.ts';
import type { TranscriptWriter } from './transcript.ts';

/** How a session ended, the harness's own limits included; their reasons tell what it last did. */
export type SessionOutcome = SessionEnd | Overrun | Denial;

export interface SessionDeps {
  readonly agent: Agent;
  /** Milliseconds that never run backwards. */
  readonly clock: { monotonic(): number };
  readonly transcript: Pick<TranscriptWriter, 'write'>;
  /** Told of every event once it is in the transcript, and without secrets. */
  readonly onEvent?: (event: SessionEvent) => void;
}

export interface WatchedOrder extends SessionOrder {
  readonly limits: SessionLimits;
  /** When the gateway last moved a byte for this session, on the deps' monotonic clock. */
  readonly lastByteAt?: () => number;
}

/** More than the two seconds the port promises, which a loaded machine stretches. */
const ABORT_DEADLINE_MS = 10_000;

/**
 * Lets the agent work until it ends, stalls, runs out of time, asks for the same refused thing again
 * and again, or is told to stop, and keeps its transcript. Failures of the agent are outcomes.
 * @throws HarnessError AGENT_STUCK when the agent does not end after an abort; whatever the
 *   transcript or `onEvent` throws, once the session is gone.
 */
export async function runSession(
  deps: SessionDeps,
  order: WatchedOrder,
  signal: AbortSignal,
): Promise<SessionOutcome> {
  const recollection = createRecollection(deps.clock);
  using watch = startStallWatch({
    clock: deps.clock,
    limits: order.limits,
    recollection,
    lastByteAt: order.lastByteAt ?? (() => Number.NEGATIVE_INFINITY),
  });
  const refusals = createRefusalWatch();
  const stop = AbortSignal.any([signal, watch.signal, refusals.signal]);
  const listening = { ...order, onRefused: heardBy(refusals, order) };
  const end = await endedAfter(stop, follow({ ...deps, recollection, refusals }, listening, stop));
  // Work that was done in the very last moment is done.
  if (end.status !== 'aborted' || signal.aborted) return end;
  return refusals.denial() ?? watch.overrun() ?? end;
}

type Refusals = NonNullable<SessionOrder['onRefused']>;

function heardBy(refusals: RefusalWatch, { onRefused }: SessionOrder): Refusals {
  return (call) => {
    onRefused?.(call);
    refusals.refused(call);
  };
}

async function follow(
  deps: SessionDeps & { readonly recollection: Recollection; readonly refusals: RefusalWatch },
  order: SessionOrder,
  stop: AbortSignal,
): Promise<SessionEnd> {
  for await (const event of deps.agent.run(order, stop)) {
    const clean = await deps.transcript.write(event);
    deps.recollection.see(clean);
    deps.refusals.see(clean);
    deps.onEvent?.(clean);
    if (clean.type === 'ended') return clean.end;
  }
  return { status: 'failed', reason: 'The agent stopped without saying how it ended.' };
}

/** Waits for the session, but not for ever once it was told to stop. */
async function endedAfter(stop: AbortSignal, session: Promise<SessionEnd>): Promise<SessionEnd> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = Promise.withResolvers<never>();
  const count = (): void => {
    timer = setTimeout(() => stuck.reject(agentStuck()), ABORT_DEADLINE_MS);
  };
  if (stop.aborted) count();
  else stop.addEventListener('abort', count, { once: true });
  try {
    return await Promise.race([session, stuck.promise]);
  } finally {
    // A signal may outlive its session by hours, and would start the clock of each that is over.
    stop.removeEventListener('abort', count);
    clearTimeout(timer);
  }
}

function agentStuck(): HarnessError {
  return new HarnessError(
    'AGENT_STUCK',
    `A session did not end within ${ABORT_DEADLINE_MS / 1000} s of being stopped; its process may still be there: restart the harness.`,
  );
}
