import type { Approval } from './approval.ts';
import type { Run, RunStatus } from './run.ts';
import { settled, type WorkItem } from './work-item.ts';

/** The one cause of the present wait or stop, and what to do about it (I9). */
export interface Why {
  readonly cause: string;
  readonly action: string;
}

export interface WhyFacts {
  readonly run: Run;
  /** A live worker serves the run's label. */
  readonly hosted: boolean;
  readonly approval: Approval | undefined;
  readonly items: readonly WorkItem[];
  /** Sessions under way. */
  readonly sessions: number;
  readonly phase: string | null;
  /** RFC 3339, for what waits for a time. */
  readonly now: string;
}

/** Why a run stands where it stands; defined for every state. */
export function whyRun(facts: WhyFacts): Why {
  const { run, hosted } = facts;
  const ended = ENDS[run.status];
  if (ended !== undefined) return { cause: run.reason ?? ended.cause, action: ended.action };
  if (run.status === 'waiting_approval') return approvalWhy(facts);
  return hosted ? runningWhy(facts) : unhosted(run);
}

const ENDS: Readonly<Partial<Record<RunStatus, Why>>> = {
  completed: {
    cause: 'The run is complete.',
    action: 'Look at the result; `harness land` if it is not in your repository yet.',
  },
  failed: {
    cause: 'The run failed.',
    action: 'Mend the cause, then `harness resume`; blocked items: `harness items retry KEY`.',
  },
  limited: {
    cause: 'A limit was reached.',
    action: 'Raise the cap or wait for the reset, then `harness resume`.',
  },
  paused: { cause: 'A person paused the run.', action: '`harness resume`' },
  stopped: { cause: 'A person stopped the run.', action: '`harness resume`' },
};

function unhosted(run: Run): Why {
  return {
    cause: `The run is ${run.status}, but no process carries it out: it was ended from outside.`,
    action: '`harness resume` goes on where it stopped.',
  };
}

function approvalWhy({ approval }: WhyFacts): Why {
  const phase = approval?.phase ?? 'a phase';
  return {
    cause: `Waits for an approval: ${approval?.question ?? phase}`,
    action: `\`harness approve ${phase}\`, or \`harness reject ${phase} --reason TEXT\``,
  };
}

function runningWhy(facts: WhyFacts): Why {
  const { run, sessions, phase } = facts;
  if (run.control !== null)
    return {
      cause: `A request to ${run.control.replace('_', ' ')} is being carried out; ${sessions} sessions end.`,
      action: 'Wait a few seconds.',
    };
  if (sessions > 0)
    return {
      cause: `Works: ${sessions} sessions in ${phase ?? 'a phase'}.`,
      action: '`harness status --watch`',
    };
  const first = firstWaiting(facts.items);
  if (first !== undefined) return whyItem(first, facts);
  return {
    cause: `Works on ${phase ?? 'the next phase'}.`,
    action: '`harness status --watch`',
  };
}

/** The item on which others wait rather than one of those: it holds the cause. */
function firstWaiting(items: readonly WorkItem[]): WorkItem | undefined {
  const waiting = items.filter((item) => !settled(item));
  const keys = new Set(waiting.map((item) => item.key));
  return waiting.find((item) => !item.dependencies.some((key) => keys.has(key))) ?? waiting[0];
}

/** Why one work item is where it is. */
export function whyItem(item: WorkItem, facts: Pick<WhyFacts, 'items' | 'now'>): Why {
  if (item.status === 'done')
    return { cause: `${item.key} is done: ${item.commit ?? 'proved'}.`, action: 'Nothing to do.' };
  if (item.status === 'blocked')
    return {
      cause: `${item.key} is blocked: ${item.reason ?? 'no reason was given'}`,
      action: `\`harness items retry ${item.key}\` tries it again`,
    };
  if (item.status === 'in_progress')
    return {
      cause: `An agent works on ${item.key} (try ${item.attempts}).`,
      action: `\`harness logs -f --item ${item.key}\``,
    };
  return whyTodo(item, facts);
}

function whyTodo(item: WorkItem, { items, now }: Pick<WhyFacts, 'items' | 'now'>): Why {
  const open = item.dependencies.filter(
    (key) => items.find((other) => other.key === key)?.status !== 'done',
  );
  const stuck = open.filter(
    (key) => items.find((other) => other.key === key)?.status === 'blocked',
  );
  if (stuck.length > 0)
    return {
      cause: `${item.key} waits for ${stuck.join(', ')}, which is blocked.`,
      action: `\`harness items retry ${stuck[0] ?? ''}\``,
    };
  if (open.length > 0)
    return { cause: `${item.key} waits for ${open.join(', ')}.`, action: 'Nothing to do.' };
  if (item.notBefore !== null && item.notBefore > now)
    return {
      cause: `${item.key} is parked until ${item.notBefore}: ${item.reason ?? 'a delay before the next try'}`,
      action: 'Nothing to do; it goes on by itself.',
    };
  return {
    cause: `${item.key} is ready and waits for a free agent.`,
    action: '`--parallel N` gives more of them',
  };
}
