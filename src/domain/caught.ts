import type { HarnessEvent, StoredEvent, Subject } from './event.ts';

/** One thing that went wrong and was dealt with. */
export interface Caught {
  readonly kind: string;
  readonly where: string;
  readonly what: string;
}

/** What a run caught on the way, from its stored events and nothing else, in their order. */
export function caughtIn(events: readonly StoredEvent[]): readonly Caught[] {
  return events.flatMap(({ event }) => {
    const found = caught(event);
    return found === undefined ? [] : [found];
  });
}

const ATTEMPT_KINDS: Readonly<Record<string, string>> = {
  checks_failed: 'failing check',
  nothing_changed: 'unproved claim',
  merge_conflict: 'conflict',
  session_failed: 'failed session',
  bad_output: 'unusable answer',
  agent_blocked: 'blocked agent',
  protected_path: 'protected file',
  infrastructure: 'infrastructure',
};

function caught(event: HarnessEvent): Caught | undefined {
  if (event.type === 'attempt.ended') return fromEnd(event);
  if (event.type === 'model.failed') {
    const kind = event.kind === 'dropped' ? 'dropped stream' : `model ${event.kind}`;
    return { kind, where: placeOf(event.subject), what: event.message };
  }
  if (event.type === 'plan.refused')
    return { kind: 'refused plan', where: 'task_breakdown', what: event.reasons.join(' ') };
  if (event.type === 'deploy.rolled_back')
    return { kind: 'rolled back', where: 'deploy', what: event.reason };
  if (event.type === 'session.resumed')
    return {
      kind: 'interrupted session',
      where: placeOf(event.subject),
      what: 'went on where it was',
    };
  return undefined;
}

function fromEnd({
  subject,
  end,
}: Extract<HarnessEvent, { type: 'attempt.ended' }>): Caught | undefined {
  if (end.status === 'succeeded' || end.status === 'aborted') return undefined;
  const kind = end.status === 'failed' ? (ATTEMPT_KINDS[end.code] ?? end.code) : KINDS[end.status];
  return { kind, where: placeOf(subject), what: end.reason.split('\n', 1)[0] ?? '' };
}

const KINDS = Object.freeze({
  stalled: 'stalled session',
  timed_out: 'timed out session',
  limited: 'limit',
});

function placeOf(subject: Subject): string {
  return subject.item ?? `${subject.phase}/${subject.role}`;
}
