import type { AttemptEnd } from './attempt.ts';
import type { HarnessEvent, StoredEvent, Subject } from './event.ts';

/** One thing that went wrong and was dealt with. */
export interface Caught {
  readonly kind: string;
  readonly where: string;
  readonly what: string;
}

/** What a run caught on the way, from its stored events and nothing else, in their order. */
export function caughtIn(events: readonly StoredEvent[]): readonly Caught[] {
  const conflicts = new Map<string, readonly string[]>();
  const refused = refusedIn(events);
  return events.flatMap(({ event }, at) => {
    const many = refused.get(at);
    if (many !== undefined) return [many];
    if (event.type === 'merge.conflicted') conflicts.set(event.subject.attempt, event.files);
    const found = caught(event, conflicts);
    return found === undefined ? [] : [found];
  });
}

/** The same ones once, with how often they came, in the order of their first time. */
export function folded(all: readonly Caught[]): readonly (Caught & { readonly times: number })[] {
  const groups = Map.groupBy(all, ({ kind, where, what }) => JSON.stringify([kind, where, what]));
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, times: others.length + 1 }],
  );
}

/** Files in conflict, by attempt. */
type Conflicts = ReadonlyMap<string, readonly string[]>;

const ATTEMPT_KINDS: Readonly<Record<string, string>> = {
  checks_failed: 'failing check',
  nothing_changed: 'unproved claim',
  merge_conflict: 'conflict',
  session_failed: 'failed session',
  bad_output: 'unusable answer',
  agent_blocked: 'blocked agent',
  refused_calls: 'denied session',
  protected_path: 'protected file',
  environment: 'environment',
  infrastructure: 'infrastructure',
};

/** Refused calls of one place as one, where the first of them stands. */
function refusedIn(events: readonly StoredEvent[]): ReadonlyMap<number, Caught> {
  const places = new Map<string, { readonly at: number; readonly what: string; count: number }>();
  for (const [at, { event }] of events.entries()) {
    if (event.type !== 'tool.refused') continue;
    const where = placeOf(event.subject);
    const known = places.get(where) ?? { at, what: event.reason, count: 0 };
    known.count += 1;
    places.set(where, known);
  }
  return new Map(
    [...places].map(([where, { at, what, count }]) => [
      at,
      { kind: 'refused calls', where, what: count === 1 ? what : `${count}, the first: ${what}` },
    ]),
  );
}

function caught(event: HarnessEvent, conflicts: Conflicts): Caught | undefined {
  if (event.type === 'attempt.ended') return fromEnd(event, conflicts);
  if (event.type === 'model.failed') {
    const kind = event.kind === 'dropped' ? 'dropped stream' : `model ${event.kind}`;
    return { kind, where: placeOf(event.subject), what: BROKEN[event.message] ?? event.message };
  }
  if (event.type === 'plan.refused')
    return { kind: 'refused plan', where: 'task_breakdown', what: event.reasons.join(' ') };
  if (event.type === 'regression.found')
    return {
      kind: 'regression',
      where: event.item,
      what: `its checks were red on main; had to pass again with ${placeOf(event.subject)}`,
    };
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

/** What Node says of an answer that broke off. */
const BROKEN: Readonly<Record<string, string>> = {
  aborted: 'the answer broke off',
  terminated: 'the answer broke off',
};

function fromEnd(
  { subject, end }: Extract<HarnessEvent, { type: 'attempt.ended' }>,
  conflicts: Conflicts,
): Caught | undefined {
  if (end.status === 'succeeded' || end.status === 'aborted') return undefined;
  const kind = end.status === 'failed' ? (ATTEMPT_KINDS[end.code] ?? end.code) : KINDS[end.status];
  return { kind, where: placeOf(subject), what: forPerson(end, conflicts.get(subject.attempt)) };
}

/** A reason is written for the agent that tries again; a person needs neither its advice nor its paths. */
function forPerson(
  end: Exclude<AttemptEnd, { status: 'succeeded' | 'aborted' }>,
  files: readonly string[] | undefined,
): string {
  const line = end.reason.split('\n', 1)[0] ?? '';
  if (end.status === 'failed' && end.code === 'merge_conflict' && files !== undefined)
    return `with what others merged meanwhile, in ${files.join(', ')}; done again on top of that`;
  if (end.status === 'stalled' || end.status === 'timed_out')
    return `${line.split('; last: ', 1)[0] ?? line}; ended, its work kept`;
  return line;
}

const KINDS = Object.freeze({
  stalled: 'stalled session',
  timed_out: 'timed out session',
  limited: 'limit',
  asked: 'protected file',
});

function placeOf(subject: Subject): string {
  return subject.item ?? `${subject.phase}/${subject.role}`;
}
