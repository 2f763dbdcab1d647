import type { EventRecord, WorkItem } from '../../../src/server/contract.ts';

type HarnessEvent = EventRecord['event'];
type Run = Extract<HarnessEvent, { readonly type: 'checks.run' }>;
export type Evidence = Run['evidence'][number];
export type Check = WorkItem['checks'][number];

/** One try at a work item, as the events tell it. */
export interface ShownAttempt {
  readonly id: string;
  readonly number: number;
  readonly session: string | null;
  readonly begunAt: string;
  readonly endedAt: string | null;
  /** `succeeded`, `failed`...; null: under way. */
  readonly end: string | null;
  readonly reason: string | null;
  /** Of the last time its checks ran. */
  readonly evidence: readonly Evidence[];
}

/** The tries at an item, the oldest first. */
export function attemptsOf(events: readonly EventRecord[], item: string): readonly ShownAttempt[] {
  const attempts = new Map<string, ShownAttempt>();
  for (const record of events) {
    const { event } = record;
    if (event.type === 'item.claimed' && event.item === item)
      attempts.set(event.attempt, begun(event, record.at));
    else if ('subject' in event && event.subject.item === item) {
      const known = attempts.get(event.subject.attempt);
      if (known !== undefined) attempts.set(known.id, told(known, record));
    }
  }
  return [...attempts.values()];
}

function begun(
  { attempt, number }: Extract<HarnessEvent, { readonly type: 'item.claimed' }>,
  at: string,
): ShownAttempt {
  return {
    id: attempt,
    number,
    session: null,
    begunAt: at,
    endedAt: null,
    end: null,
    reason: null,
    evidence: [],
  };
}

function told(attempt: ShownAttempt, { at, event }: EventRecord): ShownAttempt {
  if (event.type === 'session.started' || event.type === 'session.resumed')
    return { ...attempt, session: event.session };
  if (event.type === 'checks.run') return { ...attempt, evidence: event.evidence };
  if (event.type !== 'attempt.ended') return attempt;
  const { end } = event;
  const reason = end.status === 'succeeded' ? null : end.reason;
  return { ...attempt, endedAt: at, end: end.status, reason };
}

/** The newest record of each agreed check, in the order of the agreement. */
export function evidenceFor(
  checks: readonly Check[],
  attempts: readonly ShownAttempt[],
): readonly { readonly check: Check; readonly evidence: Evidence | null }[] {
  const newest = attempts.flatMap(({ evidence }) => evidence);
  return checks.map((check) => {
    const line = describeCheck(check);
    const evidence = newest.findLast((one) => describeCheck(one.check) === line) ?? null;
    return { check, evidence };
  });
}

/** One line a person recognises the check by. */
export function describeCheck(check: Check | Evidence['check']): string {
  if (check.kind === 'command')
    return check.exit === 0 ? check.run : `${check.run} (exit ${check.exit})`;
  return check.contains === undefined
    ? `file ${check.path}`
    : `file ${check.path} contains "${check.contains}"`;
}
