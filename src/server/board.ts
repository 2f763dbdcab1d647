import { askedDocument, currentPhase, readFacts } from '../app.ts';
import type { Approval } from '../domain/approval.ts';
import { HarnessError } from '../domain/errors.ts';
import type { StoredEvent } from '../domain/event.ts';
import { foldEvent } from '../domain/live-events.ts';
import { NO_RUN } from '../domain/live-run.ts';
import { PHASES } from '../domain/phase.ts';
import type { Project, Run } from '../domain/run.ts';
import { NO_USAGE } from '../domain/usage.ts';
import { whyRun } from '../domain/why.ts';
import type * as contract from './contract.ts';
import type { Found } from './find.ts';
import type { Parts } from './parts.ts';
import {
  countsOf,
  itemView,
  phaseView,
  projectView,
  runView,
  sessionView,
  usageView,
} from './views.ts';
import { whyView } from './why-view.ts';

/** Everything one page shows of a project. */
export async function boardOf(parts: Parts, project: Project): Promise<contract.Board> {
  const { store } = parts.app;
  // Read first: whatever happens meanwhile is told again by an event, and nothing is missed.
  const lastEvent = await store.events.last(project.id);
  const run = await store.runs.latest(project.id);
  const rest = run === undefined ? restBefore(project) : await restOf(parts, { project, run });
  return { ...rest, last_event: lastEvent, now: new Date().toISOString() };
}

type Rest = Omit<contract.Board, 'last_event' | 'now'>;

function restBefore(project: Project): Rest {
  return {
    project: projectView(project, null),
    phases: [],
    current_phase: null,
    items: [],
    work: countsOf([]),
    sessions: [],
    approvals: [],
    usage: usageView(NO_USAGE),
    why: null,
    unsealed: null,
    worked: workedIn([]),
    hosting_trouble: null,
    starting: false,
  };
}

async function restOf(parts: Parts, found: Found): Promise<Rest> {
  const { project, run } = found;
  const { app } = parts;
  const serving = await app.serving(run);
  const starting = !serving.hosted && parts.keeper.isStarting(run);
  const order = { run, ...serving, starting, now: new Date().toISOString() };
  const [facts, sessions, total, unsealed, standings] = await Promise.all([
    readFacts(app.store, project, order),
    openSessions(parts, run),
    app.store.usage.total(run.id),
    app.store.events.unsealed(project.id, run.id),
    app.store.events.standings(project.id, run.id),
  ]);
  const items = facts.items.filter((item) => item.runId === run.id);
  const now = currentPhase(facts.phases);
  return {
    project: projectView(project, runView(run, serving.hosted)),
    phases: facts.phases.map((one) => phaseView(one, run)),
    current_phase: PHASES.find((name) => name === now) ?? null,
    items: items.map(itemView),
    work: countsOf(items),
    sessions,
    approvals: await approvalsOf(parts, project, facts.why.approvals),
    usage: usageView(total),
    why: whyView(whyRun(facts.why), facts.why),
    unsealed,
    worked: workedIn(standings),
    hosting_trouble: serving.hosted ? null : parts.keeper.troubleOf(run),
    starting: starting && facts.why.approvals.length === 0,
  };
}

/** As the terminal counts it: what was waited for an answer is no work. */
function workedIn(standings: readonly StoredEvent[]): contract.Board['worked'] {
  const { ms, since } = standings.reduce(foldEvent, NO_RUN).work;
  return { ms, since };
}

async function openSessions({ app: { store } }: Parts, run: Run): Promise<contract.Session[]> {
  const [attempts, living] = await Promise.all([
    store.attempts.list(run.id, { open: true }),
    store.attempts.sessions(run.id),
  ]);
  return attempts.map((attempt) =>
    sessionView(
      attempt,
      living.find(({ attemptId }) => attemptId === attempt.id),
    ),
  );
}

/** Questions as they stand, each with the document it is about. */
export function approvalsOf(
  { app }: Parts,
  project: Project,
  approvals: readonly Approval[],
): Promise<contract.Approval[]> {
  return Promise.all(
    approvals.map(async (approval) => ({
      id: approval.id,
      phase: approval.phase,
      item: approval.change?.itemKey ?? null,
      state: approval.stateHash,
      question: approval.question,
      asked_at: approval.askedAt,
      document: await documentOf(app, project, approval),
      change: changeOf(approval),
    })),
  );
}

/** A question whose document can't be read is one still; why it can't is said when it is answered. */
async function documentOf(
  app: Parts['app'],
  project: Project,
  approval: Approval,
): Promise<contract.Approval['document']> {
  try {
    return await askedDocument(app, project, approval);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return null;
  }
}

function changeOf({ change }: Approval): contract.Approval['change'] {
  if (change === null) return null;
  return { files: change.files.map((file) => ({ ...file })), diff: change.diff };
}
