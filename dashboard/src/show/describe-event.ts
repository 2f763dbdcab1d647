import type { EventRecord } from '../../../src/server/contract.ts';
import { clock, counted, words } from './format.ts';

type HarnessEvent = EventRecord['event'];
type Events = { readonly [E in HarnessEvent as E['type']]: E };
type Describe = { readonly [T in keyof Events]?: (event: Events[T]) => string };

/** One line of a run's story for a person; null for what only `harness events` tells. */
export function describeEvent(event: HarnessEvent): string | null {
  return described(event);
}

/** Said aloud to who can't see it: what changes what a person should do. */
export function announced(event: HarnessEvent): string | null {
  return ALOUD.has(event.type) ? describeEvent(event) : null;
}

const ALOUD: ReadonlySet<HarnessEvent['type']> = new Set([
  'run.status',
  'phase.ended',
  'approval.asked',
  'item.done',
  'item.blocked',
  'budget.reached',
]);

/** The work item that an event tells of; null: of none. */
export function itemOf(event: HarnessEvent): string | null {
  if ('subject' in event) return event.subject.item;
  return 'item' in event ? (event.item ?? null) : null;
}

const DESCRIBE: Describe = {
  'run.created': ({ rehearsal }) => `Run begun${rehearsal ? ': a rehearsal' : ''}`,
  'run.status': ({ status, reason }) => because(`Run ${status.replaceAll('_', ' ')}`, reason),
  'run.resumed': () => 'Run goes on',
  'run.unsealed': ({ reason }) => because('Agents work without a box', reason),
  'phase.started': ({ phase, attempt }) => `${words(phase)} begun${tryOf(attempt)}`,
  'phase.ended': ({ phase, status, error }) =>
    because(`${words(phase)} ${status.replaceAll('_', ' ')}`, error),
  'phase.retried': ({ phase, at, reason }) =>
    because(`${words(phase)} is tried again at ${clock(at)}`, reason),
  'approval.asked': ({ question }) => `Needs an answer: ${question}`,
  'approval.answered': ({ phase, item, answer, by, reason }) =>
    because(`${item ?? words(phase)} ${answer} by ${by}`, reason),
  'document.written': ({ path }) => `Wrote ${path}`,
  'plan.refused': ({ reasons }) => `Plan sent back: ${reasons.join(' ')}`,
  'item.added': ({ item, title }) => `${item} added: ${title}`,
  'item.edited': ({ item, by, change }) => `${item} edited by ${by}: ${change}`,
  'item.claimed': ({ item, number }) => `${item} begun${tryOf(number)}`,
  'item.done': ({ item, commit }) => `${item} done, proved as ${commit.slice(0, 10)}`,
  'item.returned': ({ item, reason }) => because(`${item} is tried again`, reason),
  'item.blocked': ({ item, by, reason }) => because(`${item} blocked by ${by}`, reason),
  'session.resumed': ({ subject }) => `${placeOf(subject)}: session goes on after an interruption`,
  'session.noted': ({ subject, kind, text }) => `${placeOf(subject)} says ${kind}: ${text}`,
  'tool.refused': ({ subject, tool, call, reason }) =>
    because(`${placeOf(subject)}: refused ${tool} ${call}`, reason),
  'model.failed': ({ subject, kind, message }) =>
    because(`${placeOf(subject)}: model ${kind}`, message),
  'egress.asked': ({ subject, host, allowed, reason }) =>
    because(`${placeOf(subject)}: ${allowed ? 'reached' : 'refused'} ${host}`, reason),
  'mcp.refused': ({ subject, server, tool }) =>
    `${placeOf(subject)}: refused the tool ${tool} of ${server}`,
  'checks.run': ({ subject, evidence }) =>
    `${placeOf(subject)}: ${evidence.filter(({ verdict }) => verdict === 'passed').length} of ${counted(evidence.length, 'check')} passed`,
  'regression.found': ({ subject, item }) => `${placeOf(subject)} found a regression of ${item}`,
  'merge.conflicted': ({ subject, files }) =>
    `${placeOf(subject)}: conflicts in ${files.join(', ')}`,
  'merge.repeated': ({ subject }) => `${placeOf(subject)}: main moved meanwhile, proved again`,
  'main.landed': ({ commit }) => `Landed ${commit.slice(0, 10)} in your repository`,
  'land.delayed': ({ reason }) => because('Not landed yet', reason),
  'work.rescued': ({ subject, files, ref }) =>
    `${placeOf(subject)}: ${counted(files, 'file')} kept at ${ref}`,
  'budget.reached': ({ budgetUsd }) => `Budget of $${budgetUsd} reached`,
  'person.told': ({ news, by, failure }) =>
    failure === null
      ? `Told of ${news} by ${by}`
      : because(`Could not tell of ${news} by ${by}`, failure),
  'deploy.begun': ({ commit }) => `Deploys ${commit.slice(0, 10)}`,
  'deploy.applied': ({ commit }) => `Deployed ${commit.slice(0, 10)}`,
  'deploy.rolled_back': ({ reason }) => because('Deployment rolled back', reason),
  'deploy.failed': ({ reason }) => because('Deployment failed', reason),
};

function described<T extends keyof Events>(event: Events[T] & { readonly type: T }): string | null {
  // A newer server may tell of what this page does not know.
  if (!Object.hasOwn(DESCRIBE, event.type)) return null;
  return DESCRIBE[event.type]?.(event) ?? null;
}

function because(what: string, reason: string | null): string {
  return reason === null ? what : `${what}: ${reason}`;
}

function tryOf(number: number): string {
  return number > 1 ? ` (try ${number})` : '';
}

function placeOf(subject: Events['checks.run']['subject']): string {
  return subject.item ?? `${words(subject.phase)}, ${roleOf(subject.role)}`;
}

/** `ideation:edge_cases` without its phase. */
export function roleOf(role: string): string {
  return role.slice(role.indexOf(':') + 1).replaceAll('_', ' ');
}
