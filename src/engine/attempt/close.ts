import { isTrouble, type Attempt, type AttemptEnd } from '../../domain/attempt.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import { errorsInARow } from '../../domain/run.ts';
import { NO_USAGE } from '../../domain/usage.ts';
import { progressNote } from '../../demo/progress-note.ts';
import type { ChangeQuestion, OutboxOp } from '../../work/run-store.ts';
import type { Begun, WorkshopDeps } from './deps.ts';

/** Longest wait before a failed item is tried again. */
const MAX_DELAY_MS = 300_000;

/** Ends the attempt with everything that was learnt; false when it is no longer ours. */
export async function closeAttempt(
  deps: WorkshopDeps,
  begun: Begun,
  ending: {
    readonly end: AttemptEnd;
    readonly events?: readonly HarnessEvent[];
    readonly question?: ChangeQuestion;
    /** What the tracker is told of a success. */
    readonly note?: string;
  },
): Promise<boolean> {
  const { run, fence } = begun;
  const end = withoutSecrets(deps, ending.end);
  const delay = delayOf(begun, end);
  const closed = await deps.steadily(async () =>
    deps.store.attempts.close(fence, end, {
      itemMaxAttempts: run.settings.itemMaxAttempts,
      delayMs: delay,
      events: [...(ending.events ?? []), await sessionEnded(deps, begun)],
      writes: await progressWrites(deps, begun, end),
      ...(ending.note === undefined ? {} : { note: deps.redact(ending.note) }),
      ...(ending.question === undefined ? {} : { question: ending.question }),
    }),
  );
  if (closed && isTrouble(end)) await pauseWhenHopeless(deps, begun);
  return closed;
}

/** In demo mode work that was not proved is the most urgent still: nothing is waited for. */
function delayOf({ run, item }: Begun, end: AttemptEnd): number {
  if (run.settings.demo !== undefined && !isTrouble(end)) return 0;
  return Math.min(run.settings.retryDelayMs * 2 ** (item?.failures ?? 0), MAX_DELAY_MS);
}

/** Demo mode: the issue about progress is told of each session. */
async function progressWrites(
  { store }: WorkshopDeps,
  { run, attempt, item }: Begun,
  end: AttemptEnd,
): Promise<readonly OutboxOp[]> {
  const key = run.settings.demo?.project?.metaKey ?? null;
  if (key === null) return [];
  const sessions = await store.attempts.list(run.id);
  const number = sessions.filter((one) => one.startedAt <= attempt.startedAt).length;
  const items = await store.items.ofRun(run.id);
  const text = progressNote({ number, role: attempt.role, item, end, items });
  return [{ op: 'comment', key, id: `${attempt.id}:progress`, author: 'harness', text }];
}

/** What an agent said at the end may hold what its environment was given. */
function withoutSecrets({ redact }: WorkshopDeps, end: AttemptEnd): AttemptEnd {
  return 'reason' in end ? { ...end, reason: redact(end.reason) } : end;
}

async function sessionEnded(deps: WorkshopDeps, begun: Begun): Promise<HarnessEvent> {
  const { attempt, run, subject } = begun;
  const rows = await deps.store.usage.by(run.id, 'session');
  const usage = rows.find((row) => row.name === attempt.sessionId)?.usage ?? NO_USAGE;
  return { type: 'session.ended', subject, session: attempt.sessionId, usage };
}

async function pauseWhenHopeless(deps: WorkshopDeps, { run }: Begun): Promise<void> {
  const ended = (await deps.store.attempts.list(run.id)).filter((one) => one.end !== null);
  const last = ended.toSorted(byEnd).slice(-run.settings.maxConsecutiveErrors);
  if (last.length < run.settings.maxConsecutiveErrors) return;
  if (!last.every((one) => isTrouble(one.end))) return;
  const reasons = new Set(
    last.map((one) => (one.end && 'reason' in one.end ? one.end.reason : '')),
  );
  const reason = errorsInARow(last.length, [...reasons]);
  await deps.store.runs.hold(run, 'pause', reason);
}

function byEnd(a: Attempt, b: Attempt): number {
  return (a.endedAt ?? '').localeCompare(b.endedAt ?? '');
}

/** Parks the whole run: a person has to raise a cap or mend the credential first. */
export async function park(deps: WorkshopDeps, begun: Begun, reason: string): Promise<void> {
  await deps.store.runs.hold(begun.run, 'park', reason);
}
