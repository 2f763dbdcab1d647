import type { HarnessEvent, StoredEvent, Subject } from './event.ts';
import type { PhaseName } from './phase.ts';
import { ENDED } from './run.ts';
import type { AgentLine, LiveRun, ItemLine, PhaseLine, WorkTime } from './live-run.ts';

type Events = { readonly [E in HarnessEvent as E['type']]: E };
type Folds = {
  readonly [T in keyof Events]?: (live: LiveRun, event: Events[T], at: string) => LiveRun;
};

/** Events without a line change nothing that is shown live. */
const FOLDS: Folds = {
  'run.status': (live, { status, reason }, at) => {
    const next = { ...live, status, reason, work: worked(live.work, status === 'running', at) };
    return ENDED.includes(status) ? { ...next, agents: [], items: live.items.map(released) } : next;
  },
  'run.resumed': (live, _event, at) => ({
    ...live,
    status: 'running',
    reason: null,
    work: worked(live.work, true, at),
    agents: [],
    phases: live.phases.map((phase) =>
      phase.status === 'running' || phase.status === 'failed'
        ? { ...phase, status: 'pending', error: null }
        : phase,
    ),
  }),
  'run.unsealed': (live, { reason }) => ({ ...live, unsealed: reason }),
  'phase.started': (live, { phase, attempt }, at) =>
    onPhase(live, phase, (before) => ({
      ...before,
      status: 'running',
      attempt,
      startedAt: before.startedAt ?? at,
      endedAt: null,
      error: null,
    })),
  'phase.ended': (live, { phase, status, error }, at) =>
    onPhase(live, phase, (before) => ({ ...before, status, error, endedAt: at })),
  'phase.retried': (live, { phase, reason }) =>
    onPhase(live, phase, (before) => ({ ...before, error: reason })),
  'approval.asked': asked,
  'approval.answered': (live, { id, phase, answer, item }) => {
    const next = { ...live, questions: live.questions.filter((one) => one.id !== id) };
    if (item !== undefined) return next;
    const status = answer === 'rejected' ? 'pending' : 'completed';
    return onPhase(next, phase, (before) => ({ ...before, status }));
  },
  'item.added': (live, { item, title, dependencies }) => ({
    ...live,
    items: [
      ...live.items.filter(({ key }) => key !== item),
      { key: item, title, status: 'todo', dependencies, tries: 0, reason: null },
    ],
  }),
  'item.claimed': (live, { item, number }, at) => ({
    ...onItem(live, item, { status: 'in_progress', tries: number, reason: null }),
    work: firstItem(live.work, at),
  }),
  'item.done': (live, { item }) => onItem(live, item, { status: 'done', reason: null }),
  'item.returned': (live, { item, reason }) => onItem(live, item, { status: 'todo', reason }),
  'item.blocked': (live, { item, reason }) => onItem(live, item, { status: 'blocked', reason }),
  'session.started': (live, { subject, session, model }, at) =>
    withAgent(live, { subject, session, model, at }),
  'session.resumed': (live, { subject, session }, at) =>
    withAgent(live, { subject, session, model: '', at }),
  'session.ended': (live, { session }) => ({
    ...live,
    agents: live.agents.map((agent) =>
      agent.session === session ? { ...agent, proving: true } : agent,
    ),
  }),
  'attempt.ended': (live, { subject }) => ({
    ...live,
    agents: live.agents.filter(({ attempt }) => attempt !== subject.attempt),
  }),
};

/** The live run after an event of its run. */
export function foldEvent(live: LiveRun, { event, at }: StoredEvent): LiveRun {
  return fold(live, event, at);
}

function fold<T extends keyof Events>(
  live: LiveRun,
  event: Events[T] & { readonly type: T },
  at: string,
): LiveRun {
  return FOLDS[event.type]?.(live, event, at) ?? live;
}

/** Milliseconds that the run was carried out up to a moment. */
export function workedMs({ ms, since }: WorkTime, at: string): number {
  return since === null ? ms : ms + Math.max(0, Date.parse(at) - Date.parse(since));
}

function worked(work: WorkTime, atWork: boolean, at: string): WorkTime {
  if (atWork === (work.since !== null)) return work;
  return { ...work, ms: workedMs(work, at), since: atWork ? at : null };
}

function firstItem(work: WorkTime, at: string): WorkTime {
  return work.atFirstItem === null ? { ...work, atFirstItem: workedMs(work, at) } : work;
}

function asked(live: LiveRun, event: Events['approval.asked'], at: string): LiveRun {
  const { id, phase, question, item = null } = event;
  const others = live.questions.filter((one) => one.id !== id);
  const next = { ...live, questions: [...others, { id, phase, item, question, askedAt: at }] };
  if (item !== null) return next;
  return onPhase(next, phase, (before) => ({ ...before, status: 'waiting_approval' }));
}

function onPhase(
  live: LiveRun,
  name: PhaseName,
  change: (before: PhaseLine) => PhaseLine,
): LiveRun {
  return {
    ...live,
    phases: live.phases.map((phase) => (phase.name === name ? change(phase) : phase)),
  };
}

function onItem(live: LiveRun, key: string, change: Partial<ItemLine>): LiveRun {
  return {
    ...live,
    items: live.items.map((item) => (item.key === key ? { ...item, ...change } : item)),
  };
}

/** Nobody works on it any more once the run has ended, whatever was said of it last. */
function released(item: ItemLine): ItemLine {
  return item.status === 'in_progress' ? { ...item, status: 'todo' } : item;
}

interface Begun {
  readonly subject: Subject;
  readonly session: string;
  readonly model: string;
  readonly at: string;
}

/** A session that goes on keeps its line. */
function withAgent(live: LiveRun, { subject, session, model, at }: Begun): LiveRun {
  const { attempt, phase, role, item } = subject;
  const before = live.agents.find((agent) => agent.session === session);
  const others = live.agents.filter((agent) => agent.attempt !== attempt);
  const agent: AgentLine = {
    session,
    attempt,
    phase,
    role,
    item,
    model: model === '' ? (before?.model ?? '') : model,
    startedAt: before?.startedAt ?? at,
    proving: false,
    doing: before?.doing ?? null,
    spent: before?.spent ?? null,
  };
  return { ...live, agents: [...others, agent] };
}
