import { namedBy, type Approval } from './approval.ts';
import type { Unlanded } from './landing.ts';
import { isBudgetReached, isLeftWithPeople, type Run, type RunStatus } from './run.ts';
import {
  isWithPerson,
  labelFor,
  outOfTheWay,
  settled,
  skipped,
  type WorkItem,
} from './work-item.ts';

/** The one cause of the present wait or stop, and what to do about it (I9). */
export interface Why {
  readonly cause: string;
  readonly action: string;
}

/** A process whose lease ran out while it is not known to be dead. */
export interface Silent {
  readonly pid: number;
  /** Its machine. */
  readonly host: string;
}

export interface WhyFacts {
  readonly run: Run;
  /** A live worker serves the run's label. */
  readonly hosted: boolean;
  /** One that will is being started this moment. */
  readonly starting?: boolean;
  /** It gives no sign of life. */
  readonly silent?: Silent;
  /** Of live workers for its label that take only work items with one of these. */
  readonly labels: readonly string[];
  /** What is to be answered, oldest first. */
  readonly approvals: readonly Approval[];
  readonly items: readonly WorkItem[];
  /** Sessions of attempts under way. */
  readonly sessions: number;
  /** Of those, the ones that are over: what they made is being checked. */
  readonly checked: number;
  readonly phase: string | null;
  /** Of a run at rest: what of main is not in the user's repository. */
  readonly unlanded: Unlanded | null;
  /** RFC 3339, for what waits for a time. */
  readonly now: string;
}

const RESUME = '`harness resume`';

/** Why a run stands where it stands; defined for every state. */
export function whyRun(facts: WhyFacts): Why {
  return idle(facts) ?? unhosted(facts) ?? runningWhy(facts);
}

/** Why nothing is worked on, of a run that ended or waits for a person. */
function idle(facts: WhyFacts): Why | undefined {
  const { run, unlanded } = facts;
  if (run.status === 'waiting_approval') return approvalWhy(facts);
  if (run.status === 'completed' && unlanded !== null)
    return {
      cause: `The run is complete, but ${whatOf(unlanded)} not in your repository yet: ${unlanded.reason}`,
      action: 'Clear that away, then `harness land`.',
    };
  const ended = ENDS[run.status];
  if (ended === undefined) return undefined;
  const told = (run.reason ?? ended.cause).replaceAll(THEN_RESUME, '');
  if (told !== run.reason && run.reason !== null) return { cause: told, action: RESUME };
  return { cause: told, action: actionFor(run.reason) ?? ended.action };
}

/** Ends a reason that says itself what is to be done before; the command is the action then, and said once. */
const THEN_RESUME = /,? then (?:go on with )?`harness resume`(?: \(or run it again\))?\.?/gu;

/** What the reason itself says is to be done, whatever the status. */
function actionFor(reason: string | null): string | undefined {
  if (isLeftWithPeople(reason)) return `${THEIR_TURN}, then \`harness resume\`.`;
  return isBudgetReached(reason) ? ENDS.limited.action : undefined;
}

const THEIR_TURN = 'Mark it as done in the tracker, or move it back to todo there';

/** Subject and verb. */
export function whatOf({ items }: Unlanded): string {
  if (items.length === 0) return 'the newest of main is';
  return `${items.join(', ')} ${items.length === 1 ? 'is' : 'are'}`;
}

const ENDS: Readonly<Partial<Record<RunStatus, Why>> & { readonly limited: Why }> = {
  completed: {
    cause: 'The run is complete.',
    action: 'Look at the result in your repository.',
  },
  failed: {
    cause: 'The run failed.',
    action: 'Mend the cause, then `harness resume`; blocked items: `harness items retry KEY`.',
  },
  limited: {
    cause: 'A limit was reached.',
    action: 'Raise the cap or wait for the reset, then `harness resume`.',
  },
  paused: { cause: 'A person paused the run.', action: RESUME },
  stopped: { cause: 'A person stopped the run.', action: RESUME },
};

/** Why nobody carries out all of a run that should be at work; workers with labels carry out some of it. */
function unhosted({ run, hosted, starting, labels, silent }: WhyFacts): Why | undefined {
  if (silent !== undefined)
    return {
      cause: `The run is ${run.status}, but ${silence(silent)}`,
      action: `\`kill -CONT ${silent.pid}\` there lets a stopped one go on; one that hangs: \`kill -9 ${silent.pid}\`, then \`harness resume\`.`,
    };
  if (hosted) return undefined;
  if (starting === true) return { cause: STARTS, action: 'Wait a few seconds.' };
  if (labels.length === 0)
    return {
      cause: `The run is ${run.status}, but no process carries it out.`,
      action: '`harness resume` goes on where it stopped.',
    };
  // They see to its end as well as any.
  if (run.control !== null) return undefined;
  return {
    cause: `The run is ${run.status}, but ${onlyLabelled(labels)}; all else waits.`,
    action: '`harness resume` carries out the rest, or a worker without labels: `harness worker`.',
  };
}

const STARTS = 'The process that carries out the run is starting.';

function silence({ pid, host }: Silent): string {
  return `the process that carries it out (${pid} on ${host}) gives no sign of life: it was stopped, or hangs.`;
}

function onlyLabelled(labels: readonly string[]): string {
  return `only workers with labels (${labels.join(', ')}) are at work`;
}

function approvalWhy(facts: WhyFacts): Why {
  const [approval, ...more] = facts.approvals;
  if (approval === undefined)
    return facts.starting === true
      ? { cause: STARTS, action: 'Wait a few seconds.' }
      : { cause: 'An approval was answered.', action: '`harness resume` goes on.' };
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return {
    cause: `Waits for an approval: ${approval.question}${others}`,
    action: howToAnswer(approval),
  };
}

function howToAnswer(approval: Approval): string {
  const name = namedBy(approval);
  const look = approval.change === null ? '' : '`harness status` shows the change; ';
  return `${look}\`harness approve ${name}\`, or \`harness reject ${name} --reason TEXT\``;
}

function runningWhy(facts: WhyFacts): Why {
  const { run, sessions, phase } = facts;
  if (run.control !== null)
    return {
      cause: `A request to ${run.control.replace('_', ' ')} is being carried out; ${sessions} ${sessions === 1 ? 'session ends' : 'sessions end'}.`,
      action: 'Wait a few seconds.',
    };
  if (sessions > 0)
    return {
      cause: `Works: ${atWork(facts)} in ${phase ?? 'a phase'}.`,
      action: '`harness status --watch`',
    };
  const first = firstWaiting(facts.items);
  if (first !== undefined) return whyItem(first, facts);
  return {
    cause: `Works on ${phase ?? 'the next phase'}.`,
    action: '`harness status --watch`',
  };
}

function atWork({ sessions, checked }: WhyFacts): string {
  if (checked > 0) return `${sessions - checked} at work, ${checked} being checked,`;
  return `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`;
}

/** The item on which others wait rather than one of those: it holds the cause. */
function firstWaiting(items: readonly WorkItem[]): WorkItem | undefined {
  const waiting = items.filter((item) => !settled(item));
  const keys = new Set(waiting.map((item) => item.key));
  return waiting.find((item) => !item.dependencies.some((key) => keys.has(key))) ?? waiting[0];
}

/** Why one work item is where it is. */
export function whyItem(item: WorkItem, facts: WhyFacts): Why {
  if (item.status === 'done') return whyDone(item, facts);
  if (item.status === 'blocked') return whyBlocked(item);
  const stuck = item.status === 'todo' ? (askedOf(item, facts) ?? stuckOn(item, facts)) : undefined;
  return stuck ?? nobodyWorks(item, facts) ?? whyWaiting(item, facts);
}

/** A person has to allow what it changed. */
function askedOf({ key }: WorkItem, { approvals }: WhyFacts): Why | undefined {
  const asked = approvals.find(({ change }) => change?.itemKey === key);
  return (
    asked && { cause: `${key} waits for a person: ${asked.question}`, action: howToAnswer(asked) }
  );
}

function whyDone({ key, commit }: WorkItem, { unlanded }: WhyFacts): Why {
  const proof = `${key} is done: ${commit === null ? 'proved' : `proved as ${commit.slice(0, 10)}`}`;
  return unlanded?.items.includes(key) !== true
    ? { cause: `${proof}.`, action: 'Nothing to do.' }
    : {
        cause: `${proof}, but not in your repository yet: ${unlanded.reason}`,
        action: 'Clear that away, then `harness land`.',
      };
}

function whyBlocked(item: WorkItem): Why {
  const { key, reason } = item;
  if (isWithPerson(item))
    return { cause: `${key}: ${reason ?? ''}`, action: `${THEIR_TURN} to give it to an agent.` };
  return skipped(item)
    ? {
        cause: `${key} was ${reason ?? ''}; what depends on it goes on without it.`,
        action: `\`harness items retry ${key}\` takes it back`,
      }
    : {
        cause: `${key} is blocked: ${reason ?? 'no reason was given'}`,
        action: `\`harness items retry ${key}\` tries it again; \`harness items skip ${key}\` goes on without it`,
      };
}

/** Behind a blocked one: only a person gets it going. */
function stuckOn(item: WorkItem, { items }: WhyFacts): Why | undefined {
  const stuck = items.filter(
    (other) =>
      item.dependencies.includes(other.key) && other.status === 'blocked' && !outOfTheWay(other),
  );
  const [first] = stuck;
  if (first === undefined) return undefined;
  if (isWithPerson(first))
    return {
      cause: `${item.key} waits for ${first.key}: ${first.reason ?? ''}`,
      action: `${THEIR_TURN} to give it to an agent.`,
    };
  return {
    cause: `${item.key} waits for ${stuck.map(({ key }) => key).join(', ')}, which is blocked.`,
    action: `\`harness items retry ${first.key}\` tries that again; \`harness items skip ${first.key}\` goes on without it`,
  };
}

/** Of an item that would move on, if only its run were at work. */
function nobodyWorks(item: WorkItem, facts: WhyFacts): Why | undefined {
  const none = labelFor(item, facts.labels) === undefined ? unhosted(facts) : undefined;
  const why = idle(facts) ?? none;
  if (why === undefined) return undefined;
  const state = item.status === 'in_progress' ? 'was begun' : 'is still to do';
  const cause = `${item.key} ${state}, but nobody works on it: ${standing(facts)}`;
  return { cause, action: why.action };
}

/** How a run stands that is not at work. */
function standing(facts: WhyFacts): string {
  const {
    run,
    approvals: [approval],
  } = facts;
  if (run.status === 'waiting_approval')
    return `the run waits for an approval: ${approval?.question ?? 'see `harness why`'}`;
  if (ENDS[run.status] === undefined) return whoWouldCarry(facts);
  return `the run is ${run.status}${run.reason === null ? '.' : `: ${run.reason}`}`;
}

function whoWouldCarry({ run, starting, labels, silent }: WhyFacts): string {
  if (starting === true) return 'the process that carries out the run is starting.';
  if (silent !== undefined) return `the run is ${run.status}, but ${silence(silent)}`;
  return labels.length === 0 ? 'no process carries out the run.' : `${onlyLabelled(labels)}.`;
}

/** Of a run at work. */
function whyWaiting(item: WorkItem, { items, now }: WhyFacts): Why {
  if (item.status === 'in_progress')
    return {
      cause: `An agent works on ${item.key} (try ${item.attempts}).`,
      action: `\`harness logs -f --item ${item.key}\``,
    };
  const open = item.dependencies.filter((key) => {
    const other = items.find((one) => one.key === key);
    return other === undefined || !outOfTheWay(other);
  });
  if (open.length > 0)
    return { cause: `${item.key} waits for ${open.join(', ')}.`, action: 'Nothing to do.' };
  if (item.notBefore !== null && item.notBefore > now)
    return {
      cause: `${item.key} is parked until ${item.notBefore}: ${item.reason ?? 'a delay before the next try'}`,
      action: 'Nothing to do; it goes on by itself.',
    };
  return {
    cause: `${item.key} is ready and waits for a free agent.`,
    action: '`harness resume --parallel N` gives more of them, after `harness pause`',
  };
}
