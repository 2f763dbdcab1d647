import type { AttemptEnd } from '../../domain/attempt.ts';
import { proved, type Evidence } from '../../domain/check.ts';
import { hasCode } from '../../domain/errors.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import { feedbackOf } from '../../verify/feedback.ts';
import type { ChangeQuestion } from '../../work/run-store.ts';
import type { Merge } from '../../workspaces/workspace.ts';
import { LEASE_OVER } from '../lease.ts';
import { begin } from './begin.ts';
import { agreedChecks } from './agreed-checks.ts';
import { closeAttempt } from './close.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { gateName } from './gate-folders.ts';
import { doneNote } from './done-note.ts';
import { judgeTree } from './gate.ts';
import { leaveFor } from './protected-change.ts';
import type { Place, Way } from './train.ts';
import { withoutPicture } from './without-picture.ts';
import { untoldMove } from './untold-move.ts';

interface Over {
  readonly kind: 'over';
  readonly end: AttemptEnd;
  readonly events: readonly HarnessEvent[];
  readonly question?: ChangeQuestion;
  /** What the tracker is told of a success. */
  readonly note?: string;
}

/** What a round of the gate came to. */
type Round =
  | Over
  /** Main moved meanwhile: what was judged is not what would become main. */
  | { readonly kind: 'again'; readonly main: string; readonly overtake: boolean }
  /** A newer execution of the attempt has begun. */
  | { readonly kind: 'lost' };

/** A proof that was in vain so often takes the way for itself: others may be quicker for ever. */
const MOST_REPEATED = 3;

/**
 * Proves an attempt's work: its merge with main, checked on exactly that tree, becomes main by
 * compare-and-swap, or it does not count (I3, I10). Repeated after a crash it finds its own merge.
 */
export async function proveStep(
  deps: WorkshopDeps,
  order: { readonly attemptId: string; readonly commit: string | null },
  signal: AbortSignal,
): Promise<void> {
  const begun = await begin(deps, order.attemptId);
  if (begun === undefined) return;
  let how: Way = 'behind';
  for (let repeated = 1; ; repeated += 1) {
    const place = await deps.trains.join(begun.project.id, { how, signal });
    const round = await inPlace(deps, { begun, commit: order.commit, place }, signal);
    if (round.kind !== 'again') return;
    const { subject, fence } = begun;
    await deps.store.attempts.record(fence, [
      { type: 'merge.repeated', subject, main: round.main },
    ]);
    if (repeated >= MOST_REPEATED) how = 'alone';
    else how = round.overtake ? 'overtaking' : 'behind';
  }
}

interface Work {
  readonly begun: Begun;
  readonly commit: string | null;
  readonly place: Place;
}

async function inPlace(deps: WorkshopDeps, work: Work, signal: AbortSignal): Promise<Round> {
  let came = false;
  try {
    const round = await roundOf(deps, work, signal);
    // What changed nothing leaves main as the next one was told, whatever its checks said.
    came = round.kind === 'over' && (work.commit === null || round.end.status === 'succeeded');
    // Before the next one concludes: what it may do depends on what is done by then (I4).
    if (round.kind === 'over') await closeAttempt(deps, work.begun, round);
    return round;
  } finally {
    work.place.leave(came);
  }
}

async function roundOf(deps: WorkshopDeps, work: Work, signal: AbortSignal): Promise<Round> {
  const { begun, commit } = work;
  const merged = await begun.hub.mergedAs(begun.attempt.id);
  // A former execution moved main and ended before it could say so.
  if (merged !== undefined) return succeeded(begun, merged, await untoldBy(deps, begun));
  return commit === null
    ? judgeUnchanged(deps, work, signal)
    : judgeChanged(deps, { ...work, commit }, signal);
}

async function judgeChanged(
  deps: WorkshopDeps,
  work: Work & { readonly commit: string },
  signal: AbortSignal,
): Promise<Round> {
  const { begun, commit, place } = work;
  const base = place.ahead ?? (await begun.hub.head());
  const title =
    begun.item === null
      ? `Set up: ${begun.subject.role}`
      : `${begun.item.key}: ${begun.item.title}`;
  const merge = await begun.hub.merge(commit, {
    message: title,
    attemptId: begun.attempt.id,
    itemKey: begun.item?.key ?? null,
    base,
  });
  if (merge.kind === 'conflict')
    return (await untrue(work, base, signal)) ?? conflicted(begun, merge.files);
  const candidate = { begun, commit, merge, place };
  const barred = await barredBy(deps, candidate);
  if (barred === undefined) return judgeMerge(deps, candidate, signal);
  return (await untrue(work, base, signal)) ?? barred;
}

/** What keeps the merge from the gate (I4). */
async function barredBy(
  deps: WorkshopDeps,
  { begun, commit, merge }: Candidate,
): Promise<Over | undefined> {
  const leave = await leaveFor(deps, begun, { commit, merge });
  if (leave.kind === 'free') return undefined;
  if (leave.kind === 'ask') return asking(leave.question);
  return over({ status: 'failed', code: 'protected_path', reason: leave.reason }, []);
}

/**
 * What was found on this base says something only while main is just that, or comes to it. It is waited for
 * where others are ahead, but not too long: then it is to be done again, past them. Undefined: it counts.
 */
async function untrue(
  { begun: { hub }, place }: Pick<Work, 'begun' | 'place'>,
  base: string,
  signal: AbortSignal,
): Promise<Round | undefined> {
  let overtake = false;
  if (place.ahead !== undefined && (await hub.head()) !== base)
    overtake = !(await place.first(AbortSignal.any([signal, place.inVain])));
  if (signal.aborted) return stopped(signal);
  const main = await hub.head();
  // What was broken off says nothing, also where main is still what it was built on.
  const counts = main === base && !place.inVain.aborted;
  return counts ? undefined : { kind: 'again', main, overtake };
}

interface Candidate {
  readonly begun: Begun;
  readonly commit: string;
  readonly merge: Extract<Merge, { kind: 'clean' }>;
  readonly place: Place;
}

async function judgeMerge(
  deps: WorkshopDeps,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<Round> {
  const { begun, merge, place } = candidate;
  place.build(merge.commit);
  const [evidence] = await together(
    judgeTree(
      deps,
      { begun, name: gateName(begun), tree: merge.tree, checks: await agreedChecks(deps, begun) },
      AbortSignal.any([signal, place.inVain]),
    ),
    // What a merge ahead brings must be there first.
    place.ahead === undefined ? begun.hub.carry({ from: merge.base, to: merge.commit }) : undefined,
  );
  const again = await untrue(candidate, merge.base, signal);
  if (again !== undefined) return again;
  // Those ahead may have made judges of what nothing judged by before.
  const barred = place.ahead === undefined ? undefined : await barredBy(deps, candidate);
  if (barred !== undefined) return barred;
  return conclude(deps, candidate, evidence);
}

/** What was judged is what would become main next: by what the checks said, it does or does not. */
async function conclude(
  deps: WorkshopDeps,
  { begun, merge }: Candidate,
  evidence: readonly Evidence[],
): Promise<Round> {
  const { subject, fence, hub } = begun;
  const run: HarnessEvent = { type: 'checks.run', subject, tree: merge.tree, evidence };
  const unseen = await withoutPicture(deps, begun);
  if (unseen !== null && proved(evidence))
    return over({ status: 'failed', code: 'checks_failed', reason: unseen }, [run]);
  if (!proved(evidence))
    return over({ status: 'failed', code: 'checks_failed', reason: feedbackOf(evidence) }, [run]);
  // Before main moves: whoever finds it moved after a crash knows by what it was proved (I10).
  const facts = [...(await untoldBy(deps, begun)), run];
  if (!(await deps.store.attempts.record(fence, facts))) return { kind: 'lost' };
  let moved = false;
  // Whoever stopped the run or took the item away meanwhile must not find main moved afterwards.
  const hold = await deps.store.attempts.whileFenced(fence, async () => {
    moved = await hub.moveMain({ fence, from: merge.base, to: merge.commit });
  });
  if (hold === 'lost') return { kind: 'lost' };
  if (hold === 'called_off') return over({ status: 'aborted', reason: CALLED_OFF }, []);
  if (!moved) return { kind: 'again', main: await hub.head(), overtake: false };
  const moves = [movedEvent(begun, merge.base, merge.commit)];
  const files = await hub.changedFiles(merge.base, merge.commit);
  return {
    ...succeeded(begun, merge.commit, moves),
    note: doneNote(merge.commit, evidence, files),
  };
}

/** Both to their ends, whatever becomes of the other; then the first error, if there is one. */
async function together<A, B>(
  one: Promise<A>,
  other: Promise<B> | undefined,
): Promise<[A, B | undefined]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

const CALLED_OFF = 'called off by a person before its work came to main';

function untoldBy({ store }: WorkshopDeps, { hub }: Begun): Promise<readonly HarnessEvent[]> {
  return untoldMove({ store, hub });
}

/** Nothing was changed: done only if the item's checks pass on main as it is. */
async function judgeUnchanged(
  deps: WorkshopDeps,
  { begun, place }: Work,
  signal: AbortSignal,
): Promise<Round> {
  const { hub, subject } = begun;
  const head = place.ahead ?? (await hub.head());
  place.build(head);
  const tree = await hub.treeOf(head);
  const evidence = await judgeTree(
    deps,
    { begun, name: gateName(begun), tree, checks: await agreedChecks(deps, begun) },
    AbortSignal.any([signal, place.inVain]),
  );
  const again = await untrue({ begun, place }, head, signal);
  if (again !== undefined) return again;
  const run: HarnessEvent = { type: 'checks.run', subject, tree, evidence };
  if (proved(evidence)) return succeeded(begun, head, [run]);
  const reason = `The session ended without changing anything, and the checks don't pass.\n${feedbackOf(evidence)}`;
  return over({ status: 'failed', code: 'nothing_changed', reason }, [run]);
}

/** Whoever takes over proves it anew: a proof cut short by a lost lease says nothing of the work. */
function stopped(signal: AbortSignal): Round {
  if (hasCode(signal.reason, LEASE_OVER)) throw signal.reason;
  return over({ status: 'aborted', reason: 'stopped by request' }, []);
}

function succeeded(begun: Begun, commit: string, events: readonly HarnessEvent[]): Over {
  const text = begun.item === null ? null : `${begun.item.key} is on main`;
  return over({ status: 'succeeded', commit, text }, events);
}

function over(end: AttemptEnd, events: readonly HarnessEvent[]): Over {
  return { kind: 'over', end, events };
}

function movedEvent({ item, subject }: Begun, from: string, to: string): HarnessEvent {
  return { type: 'main.moved', from, to, cause: item?.key ?? subject.role };
}

function conflicted({ subject }: Begun, files: readonly string[]): Round {
  const reason = `Your work conflicts with what others merged meanwhile, in ${files.join(', ')}. Your former work is on the branch "previous" of your clone (git diff main...previous may help); bring it onto the present state without losing what others did.`;
  return over({ status: 'failed', code: 'merge_conflict', reason }, [
    { type: 'merge.conflicted', subject, files },
  ]);
}

function asking(question: ChangeQuestion): Over {
  const end: AttemptEnd = { status: 'asked', reason: `waits for a person: ${question.question}` };
  return { kind: 'over', end, events: [], question };
}
