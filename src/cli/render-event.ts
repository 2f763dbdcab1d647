import type { HarnessEvent, StoredEvent, Subject } from '../domain/event.ts';

/** One line for a person, or undefined for what only details tell. */
export function renderEvent({ at, event }: StoredEvent): string | undefined {
  const text = describe(event);
  return text === undefined ? undefined : `${at.slice(11, 19)}  ${text}`;
}

/** The same for a program. */
export function eventObject(stored: StoredEvent): Readonly<Record<string, unknown>> {
  const { id, at, runId, event } = stored;
  // An approval's own id must not hide the number that readers go on from.
  const approval = 'id' in event ? { approval: event.id } : {};
  return { ...event, ...approval, id, at, run_id: runId };
}

type Events = { readonly [E in HarnessEvent as E['type']]: E };
type Describe = { readonly [T in keyof Events]?: (event: Events[T]) => string };

const DESCRIBE: Describe = {
  'run.created': (event) =>
    `run created${event.rehearsal ? ' (rehearsal: the model is a script)' : ''}`,
  'run.status': (event) => `run ${event.status}${event.reason === null ? '' : `: ${event.reason}`}`,
  'run.resumed': (event) => `run resumed (generation ${event.generation})`,
  'run.unsealed': (event) => `not sealed: ${event.reason}`,
  'phase.started': (event) =>
    `${event.phase}: started${event.attempt > 1 ? ` (try ${event.attempt})` : ''}`,
  'phase.ended': (event) =>
    `${event.phase}: ${event.status}${event.error === null ? '' : `: ${event.error}`}`,
  'phase.retried': (event) =>
    `${event.phase}: tried again at ${event.at.slice(11, 19)}: ${firstLine(event.reason)}`,
  'approval.asked': (event) => `approval asked: ${event.question}`,
  'approval.answered': (event) =>
    `${event.phase}: ${event.answer} by ${event.by}${event.reason === null ? '' : `: ${event.reason}`}`,
  'document.written': (event) => `wrote ${event.path}`,
  'plan.refused': (event) => `plan sent back: ${event.reasons.join(' ')}`,
  'item.added': (event) =>
    `item ${event.item}: ${event.title}${event.dependencies.length > 0 ? ` (after ${event.dependencies.join(', ')})` : ''}`,
  'item.claimed': (event) =>
    `${event.item}: started${event.number > 1 ? ` (try ${event.number})` : ''}`,
  'item.done': (event) => `${event.item}: done, proved as ${event.commit.slice(0, 10)}`,
  'item.returned': (event) => `${event.item}: to be tried again: ${firstLine(event.reason)}`,
  'item.blocked': (event) => `${event.item}: blocked by ${event.by}: ${firstLine(event.reason)}`,
  'session.resumed': (event) => `${placeOf(event.subject)}: session goes on after an interruption`,
  'session.noted': (event) =>
    `${placeOf(event.subject)}: says ${event.kind}: ${firstLine(event.text)}`,
  'model.failed': (event) =>
    `${placeOf(event.subject)}: model ${event.kind}: ${firstLine(event.message)}`,
  'merge.conflicted': (event) =>
    `${placeOf(event.subject)}: conflicts in ${event.files.join(', ')}`,
  'merge.repeated': (event) => `${placeOf(event.subject)}: main moved meanwhile, proved again`,
  'land.delayed': (event) => `not landed: ${event.reason}`,
  'work.rescued': (event) => `${placeOf(event.subject)}: ${event.files} files kept at ${event.ref}`,
  'environment.prepared': (event) => `environment prepared by ${event.command}`,
  'budget.reached': (event) => `budget of $${event.budgetUsd} reached`,
  'deploy.applied': (event) => `deployed ${event.commit.slice(0, 10)}`,
  'deploy.failed': (event) => `deployment failed: ${firstLine(event.reason)}`,
  'deploy.rolled_back': (event) => `deployment rolled back: ${firstLine(event.reason)}`,
};

function describe<T extends keyof Events>(
  event: Events[T] & { readonly type: T },
): string | undefined {
  return DESCRIBE[event.type]?.(event);
}

function placeOf(subject: Subject): string {
  return subject.item ?? `${subject.phase}/${subject.role}`;
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
