import type { AttemptEnd } from '../domain/attempt.ts';
import { describeCheck, type Evidence } from '../domain/check.ts';
import type { HarnessEvent, StoredEvent, Subject } from '../domain/event.ts';
import { grouped } from './table.ts';

/** One line for a person. */
export function renderEvent({ at, event }: StoredEvent): string {
  return `${at.slice(11, 19)}  ${describe(event)}`;
}

/** What whoever watches a run need not see of it: `harness events` has it. */
const DETAILS: ReadonlySet<HarnessEvent['type']> = new Set([
  'attempt.ended',
  'session.started',
  'session.ended',
  'checks.run',
  'main.moved',
  'main.landed',
  'item.edited',
  'packages.asked',
  'mcp.called',
]);

export function isDetail({ event }: StoredEvent): boolean {
  return DETAILS.has(event.type);
}

/** The same for a program. */
export function eventObject(stored: StoredEvent): Readonly<Record<string, unknown>> {
  const { id, at, runId, event } = stored;
  // An approval's own id must not hide the number that readers go on from.
  const approval = 'id' in event ? { approval: event.id } : {};
  return { ...event, ...approval, id, at, run_id: runId };
}

type Events = { readonly [E in HarnessEvent as E['type']]: E };
type Describe = { readonly [T in keyof Events]: (event: Events[T]) => string };

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
    `${event.item ?? event.phase}: ${event.answer} by ${event.by}${event.reason === null ? '' : `: ${event.reason}`}`,
  'document.written': (event) => `wrote ${event.path}`,
  'plan.refused': (event) => `plan sent back: ${event.reasons.join(' ')}`,
  'item.added': (event) =>
    `item ${event.item}: ${event.title}${event.dependencies.length > 0 ? ` (after ${event.dependencies.join(', ')})` : ''}`,
  'item.claimed': (event) =>
    `${event.item}: started${event.number > 1 ? ` (try ${event.number})` : ''}`,
  'item.done': (event) => `${event.item}: done, proved as ${event.commit.slice(0, 10)}`,
  'item.returned': (event) => `${event.item}: to be tried again: ${firstLine(event.reason)}`,
  'item.blocked': (event) => `${event.item}: blocked by ${event.by}: ${firstLine(event.reason)}`,
  'item.edited': (event) => `${event.item}: edited by ${event.by}: ${firstLine(event.change)}`,
  'attempt.ended': ({ subject, end }) =>
    `${placeOf(subject)}: try ${ENDINGS[end.status]}${end.status === 'succeeded' ? '' : `: ${firstLine(end.reason)}`}`,
  'session.started': (event) => `${placeOf(event.subject)}: session began with ${event.model}`,
  'session.ended': ({ subject, usage }) =>
    `${placeOf(subject)}: session ended, ${grouped(usage.inputTokens)} tokens in, ${grouped(usage.outputTokens)} out`,
  'checks.run': ({ subject, evidence }) => `${placeOf(subject)}: ${checksLine(evidence)}`,
  'main.moved': (event) => `main is now ${event.to.slice(0, 10)}: ${firstLine(event.cause)}`,
  'main.landed': (event) => `landed ${event.commit.slice(0, 10)} in your repository`,
  'session.resumed': (event) => `${placeOf(event.subject)}: session goes on after an interruption`,
  'session.noted': (event) =>
    `${placeOf(event.subject)}: says ${event.kind}: ${firstLine(event.text)}`,
  'tool.refused': (event) =>
    `${placeOf(event.subject)}: refused ${event.tool} ${firstLine(event.call)}: ${firstLine(event.reason)}`,
  'model.failed': (event) =>
    `${placeOf(event.subject)}: model ${event.kind}: ${firstLine(event.message)}`,
  'egress.asked': (event) =>
    `${placeOf(event.subject)}: ${event.allowed ? 'reached' : 'refused'} ${event.host}${event.reason === null ? '' : `: ${event.reason}`}`,
  'egress.counted': (event) =>
    `${placeOf(event.subject)}: asked ${event.hosts.length} ${event.hosts.length === 1 ? 'host' : 'hosts'}: ${event.hosts
      .map(({ host }) => host)
      .slice(0, 5)
      .join(', ')}${event.hosts.length > 5 ? ', ...' : ''}`,
  'mcp.refused': (event) =>
    `${placeOf(event.subject)}: refused the MCP tool ${event.tool} of ${event.server}`,
  'packages.asked': (event) =>
    event.reason === null
      ? `packages: asked ${event.host}`
      : `packages: ${event.host} gave no answer: ${firstLine(event.reason)}`,
  'screenshots.kept': ({ subject, files }) =>
    `${placeOf(subject)}: ${files.length} ${files.length === 1 ? 'screenshot' : 'screenshots'} kept: ${files[0] ?? ''}${files.length > 1 ? ', ...' : ''}`,
  'mcp.called': (event) => `${placeOf(event.subject)}: [Tool: ${event.tool}]`,
  'regression.found': ({ subject, item, evidence }) =>
    `${placeOf(subject)}: found a regression of ${item}: ${checksLine(evidence)}`,
  'merge.conflicted': (event) =>
    `${placeOf(event.subject)}: conflicts in ${event.files.join(', ')}`,
  'merge.repeated': (event) => `${placeOf(event.subject)}: main moved meanwhile, proved again`,
  'land.delayed': (event) => `not landed: ${event.reason}`,
  'work.rescued': (event) =>
    `${placeOf(event.subject)}: ${event.files} ${event.files === 1 ? 'file' : 'files'} kept at ${event.ref}`,
  'environment.prepared': (event) => `environment prepared by ${event.command}`,
  'budget.reached': (event) =>
    `budget of $${event.budgetUsd}${event.cap === undefined ? '' : ` a ${event.cap}`} reached`,
  'person.told': ({ news, by, failure }) =>
    failure === null ? `${by}: told of ${news}` : `${by}: could not tell of ${news}: ${failure}`,
  'deploy.begun': (event) => `deploys ${event.commit.slice(0, 10)}`,
  'deploy.applied': (event) => `deployed ${event.commit.slice(0, 10)}`,
  'deploy.failed': (event) => `deployment failed: ${firstLine(event.reason)}`,
  'deploy.rolled_back': (event) => `deployment rolled back: ${firstLine(event.reason)}`,
};

function describe<T extends keyof Events>(event: Events[T] & { readonly type: T }): string {
  return DESCRIBE[event.type](event);
}

const ENDINGS: Readonly<Record<AttemptEnd['status'], string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  limited: 'ended at a limit',
  timed_out: 'ran out of time',
  stalled: 'fell silent',
  aborted: 'was ended',
  asked: 'asks a person',
};

function checksLine(evidence: readonly Evidence[]): string {
  const passed = evidence.filter(({ verdict }) => verdict === 'passed').length;
  const failed = evidence.filter(({ verdict }) => verdict !== 'passed');
  const names = failed.map(({ check, verdict }) =>
    verdict === 'could_not_run' ? `${describeCheck(check)} (could not run)` : describeCheck(check),
  );
  const all = `${passed} of ${evidence.length} checks passed`;
  return names.length === 0 ? all : `${all}, not: ${firstLine(names.join('; '))}`;
}

function placeOf(subject: Subject): string {
  return subject.item ?? `${subject.phase}/${subject.role}`;
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
