import { rm } from 'node:fs/promises';
import { countsAsFailure, type AttemptEnd } from '../../domain/attempt.ts';
import { hasCode } from '../../domain/errors.ts';
import { CREDENTIAL_REFUSED } from '../../domain/exit.ts';
import { budgetReached } from '../../domain/run.ts';
import { commitCommand } from '../../workspaces/box-commands.ts';
import type { Workspace } from '../../workspaces/workspace.ts';
import { rightsOf } from '../../sessions/roles.ts';
import type { SessionOutcome } from '../../sessions/run-session.ts';
import type { Brief, SessionStep } from '../deps.ts';
import { LEASE_OVER } from '../lease.ts';
import { begin } from './begin.ts';
import { closeAttempt, park } from './close.ts';
import { converse, type Conversation } from './converse.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { refuseWhenFull } from './gate.ts';
import { lookAround } from './look-around.ts';
import { openPlace, type Place } from './place.ts';
import { allowedWork } from './protected-change.ts';
import { clearAway, commandBox } from './workspace-box.ts';

const ENDED: SessionStep = Object.freeze({ kind: 'ended' });

/** Time for committing what an agent left behind; far above any honest tree. */
const COMMIT_MS = 300_000;

/**
 * Carries out an attempt's session. Work that is to be proved comes back as a commit; every other
 * end is stored here, after what the agent wrote has been made reachable (I1).
 */
export async function sessionStep(
  deps: WorkshopDeps,
  order: { readonly attemptId: string; readonly brief: Brief },
  signal: AbortSignal,
): Promise<SessionStep> {
  const begun = await begin(deps, order.attemptId);
  if (begun === undefined) return ENDED;
  const done = await begun.hub.workOf(begun.attempt.id);
  if (done !== undefined) return handedIn(deps, begun, done);
  const allowed = await allowedWork(deps, begun);
  if (allowed !== undefined) return allowedIn(deps, begun, allowed);
  if (!(await deps.steadily(() => deps.store.attempts.takeUp(begun.fence)))) return ENDED;
  const found = await lookAround(deps, begun, signal);
  const opened = await openPlace(deps, begun, signal);
  if ('end' in opened) return giveUp(deps, begun, opened);
  const { place } = opened;
  try {
    const brief = { ...order.brief, ...found };
    const talked = await converse(deps, { begun, place, brief }, signal);
    // Another worker goes on with this very clone: it must be left exactly as it is.
    if (hasCode(signal.reason, LEASE_OVER)) throw signal.reason;
    return await conclude(deps, { begun, place, talked });
  } finally {
    await rm(place.socketDir, { recursive: true, force: true });
  }
}

interface Talked {
  readonly begun: Begun;
  readonly place: Place;
  readonly talked: Conversation;
}

async function conclude(deps: WorkshopDeps, facts: Talked): Promise<SessionStep> {
  const { begun, place, talked } = facts;
  const { outcome } = talked;
  const proving = begun.subject.role === 'coder' || begun.subject.role === 'initializer';
  const handsIn = outcome.status === 'completed' && proving && talked.claim?.kind !== 'blocked';
  // Once another execution works in this clone, only that one may clear it away.
  if (!(await stillOwn(deps, begun, handsIn))) return ENDED;
  if (handsIn) return handIn(deps, facts);
  const end = await endOf(deps, facts);
  if (countsAsFailure(end)) await refuseWhenFull(deps, begun.project);
  const events = await clearAway(deps, begun, { workspace: place.workspace, commit: null });
  await closeAttempt(deps, begun, { end, events });
  return ENDED;
}

/** False: another execution has begun. The agent of handed in work is gone: the next one may start. */
async function stillOwn(deps: WorkshopDeps, begun: Begun, handsIn: boolean): Promise<boolean> {
  const { attempts } = deps.store;
  if (!handsIn) return deps.steadily(() => attempts.touch(begun.fence));
  deps.agentGone(begun.attempt.id);
  return deps.steadily(() => attempts.handIn(begun.fence, []));
}

/** Commits the agent's work inside the box and takes the commit over; what git ignores is rescued. */
async function handIn(deps: WorkshopDeps, { begun, place }: Talked): Promise<SessionStep> {
  const { workspace } = place;
  const title = begun.item === null ? begun.subject.role : `${begun.item.key}: ${begun.item.title}`;
  const committed = await commandBox(deps, workspace, {
    command: commitCommand(workspace, title),
    timeoutMs: COMMIT_MS,
  });
  if (committed.exit !== 0)
    return refuse(
      deps,
      { begun, place },
      `The work could not be committed: ${committed.output.slice(-500)}`,
    );
  const taken = await begun.hub.importBundle(workspace, begun.fence);
  if (taken.kind === 'stale') return ENDED;
  if (taken.kind === 'refused') return refuse(deps, { begun, place }, taken.reason);
  const { commit, asItWas } = taken.kind === 'imported' ? taken : { commit: null, asItWas: false };
  await putAway(deps, begun, { workspace, commit, asItWas });
  return { kind: 'to_prove', commit };
}

/** A former execution took the commit over, and may have ended before the clone was cleared away. */
async function handedIn(deps: WorkshopDeps, begun: Begun, commit: string): Promise<SessionStep> {
  const workspace = await begun.hub.existing(begun.attempt.id);
  if (workspace !== undefined) await putAway(deps, begun, { workspace, commit });
  else await deps.steadily(() => deps.store.attempts.handIn(begun.fence, []));
  return { kind: 'to_prove', commit };
}

/** A person allowed what a former attempt handed in: nothing is left to be done but the proof. */
async function allowedIn(deps: WorkshopDeps, begun: Begun, commit: string): Promise<SessionStep> {
  await deps.steadily(() => deps.store.attempts.handIn(begun.fence, []));
  return { kind: 'to_prove', commit };
}

/** There was no place to work in: no session was begun. */
async function giveUp(
  deps: WorkshopDeps,
  begun: Begun,
  { workspace, end }: { readonly workspace: Workspace; readonly end: AttemptEnd },
): Promise<SessionStep> {
  const events = await clearAway(deps, begun, { workspace, commit: null });
  await closeAttempt(deps, begun, { end, events });
  return ENDED;
}

async function putAway(
  deps: WorkshopDeps,
  begun: Begun,
  left: Parameters<typeof clearAway>[2],
): Promise<void> {
  const events = await clearAway(deps, begun, left);
  await deps.steadily(() => deps.store.attempts.handIn(begun.fence, events));
}

async function refuse(
  deps: WorkshopDeps,
  { begun, place }: Pick<Talked, 'begun' | 'place'>,
  reason: string,
): Promise<SessionStep> {
  await refuseWhenFull(deps, begun.project);
  const events = await clearAway(deps, begun, { workspace: place.workspace, commit: null });
  const end: AttemptEnd = { status: 'failed', code: 'bad_output', reason };
  await closeAttempt(deps, begun, { end, events });
  return ENDED;
}

/** What the gateway saw wins over what the CLI made of it. */
async function endOf(deps: WorkshopDeps, { begun, talked }: Talked): Promise<AttemptEnd> {
  const verdict = talked.wire.verdict();
  if (talked.outcome.status === 'completed') return afterCompletion(deps, begun, talked);
  if (verdict?.kind === 'limited')
    return { status: 'limited', until: verdict.until, reason: verdict.message };
  if (verdict?.kind === 'budget') return afterCap(deps, begun, verdict);
  if (verdict !== null) {
    const reason = reasonOf(verdict);
    await park(deps, begun, reason);
    return { status: 'limited', until: null, reason };
  }
  if (talked.outcome.status === 'refused') {
    await park(deps, begun, `${CREDENTIAL_REFUSED}: ${talked.outcome.reason}`);
    return { status: 'limited', until: null, reason: talked.outcome.reason };
  }
  return plainEnd(talked.outcome);
}

type Verdict = NonNullable<ReturnType<Conversation['wire']['verdict']>>;
type Budget = Extract<Verdict, { kind: 'budget' }>;

function reasonOf(verdict: Exclude<Verdict, Budget>): string {
  switch (verdict.kind) {
    case 'unknown_price':
      return `the price of ${verdict.model} is not known, so no budget can hold: run without --budget or with a known model`;
    case 'refused':
      return `${CREDENTIAL_REFUSED} (${verdict.status}): ${verdict.message}`;
    case 'limited':
      return verdict.message;
  }
}

/** A session that used up its own share has failed; a new day brings new money. */
async function afterCap(deps: WorkshopDeps, begun: Begun, verdict: Budget): Promise<AttemptEnd> {
  const { cap, budgetUsd, spentUsd, until } = verdict;
  if (cap === 'session')
    return {
      status: 'failed',
      code: 'session_failed',
      reason: `The session reached budget.session_usd, $${budgetUsd}: $${spentUsd.toFixed(4)} are spent or set aside.`,
    };
  const reason = budgetReached(cap, verdict);
  const stops = begun.run.settings.stopsAtBudget === true;
  if (stops) await deps.store.runs.hold(begun.run, 'stop', reason);
  else if (cap === 'run') await park(deps, begun, reason);
  return { status: 'limited', until: stops ? null : until, reason };
}

function afterCompletion(
  deps: WorkshopDeps,
  begun: Begun,
  { outcome, claim }: Conversation,
): AttemptEnd {
  if (outcome.status !== 'completed') return plainEnd(outcome);
  if (claim?.kind === 'blocked')
    return {
      status: 'failed',
      code: 'agent_blocked',
      reason: `The agent is blocked: ${deps.redact(claim.text)}`,
    };
  const structured = outcome.output !== undefined && outcome.output !== null;
  const text = structured ? JSON.stringify(outcome.output) : outcome.text;
  if (text.trim() === '' && !rightsOf(begun.subject).reports)
    return { status: 'failed', code: 'bad_output', reason: 'The session ended without an answer.' };
  return { status: 'succeeded', commit: null, text: deps.redact(text) };
}

function plainEnd(outcome: Exclude<SessionOutcome, { status: 'completed' }>): AttemptEnd {
  switch (outcome.status) {
    case 'limited':
      return { status: 'limited', until: outcome.until, reason: outcome.reason };
    case 'aborted':
      return { status: 'aborted', reason: 'stopped by request' };
    case 'stalled':
    case 'timed_out':
      return { status: outcome.status, reason: outcome.reason };
    case 'denied':
      return { status: 'failed', code: 'refused_calls', reason: outcome.reason };
    case 'failed':
    case 'refused':
      return { status: 'failed', code: 'session_failed', reason: outcome.reason };
  }
}
