import { isMeta, META_TITLE, titleLine, type TrackerProject } from '../domain/demo.ts';
import { faultsOf } from '../domain/plan.ts';
import type { ItemDraft } from '../domain/work-item.ts';
import type { TrackedItem } from '../work/tracker.ts';
import { readChecks } from './checks-section.ts';

/** The tracker's project and all its issues, as people see them now. */
export interface Board {
  readonly project: TrackerProject;
  readonly issues: readonly TrackedItem[];
}

/** What the initializer made, once it can be worked on. */
export interface ReadBoard {
  readonly metaKey: string;
  /** Proves the whole application at every gate. */
  readonly projectCheck: string;
  readonly drafts: readonly ItemDraft[];
}

export type BoardAnswer =
  | { readonly ok: true; readonly board: ReadBoard }
  /** Sentences for the initializer, which mends them. */
  | { readonly ok: false; readonly faults: readonly string[] };

const LEAST_DESCRIPTION = 40;
/** More faults than anyone mends at once. */
const MOST_FAULTS = 12;

/** Looks whether the initializer made what it was asked for. Nothing in an issue is believed but its form. */
export function readBoard({ issues }: Board, count: number): BoardAnswer {
  const open = issues.filter(({ cancelled }) => !cancelled);
  const metas = open.filter(isMeta);
  const work = open.filter((issue) => !isMeta(issue));
  const [meta] = metas;
  const check = meta && projectCheckOf(meta);
  const drafts = work.map((issue) => draftOf(issue, work));
  const faults = [
    ...countFaults(work.length, count),
    ...metaFaults(metas.length, check),
    ...doubles(work),
    ...work.flatMap(issueFaults),
  ];
  // Checks were looked at above, with a better word on what is wrong.
  if (faults.length === 0) faults.push(...faultsOf(drafts));
  if (faults.length > 0 || meta === undefined || check === undefined)
    return { ok: false, faults: faults.slice(0, MOST_FAULTS) };
  return { ok: true, board: { metaKey: meta.key, projectCheck: check, drafts } };
}

/**
 * What people added since: every other issue that is open and nobody works on. One whose checks can't
 * be read counts as one that names none. What they wait for is not looked at here.
 */
export function addedTo(
  issues: readonly TrackedItem[],
  known: ReadonlySet<string>,
): readonly ItemDraft[] {
  return issues
    .filter((issue) => !known.has(issue.key) && !isMeta(issue))
    .filter(({ status, cancelled }) => status === 'todo' && !cancelled)
    .map((issue) => draftOf(issue, []));
}

function countFaults(found: number, wanted: number): string[] {
  if (found === wanted) return [];
  return found < wanted
    ? [`The project has ${found} issues instead of ${wanted}: make the missing ones.`]
    : [`The project has ${found} issues instead of ${wanted}: a person has to remove the others.`];
}

function metaFaults(found: number, check: string | undefined): string[] {
  if (found === 0) return [`There is no issue "${META_TITLE}".`];
  if (found > 1) return [`There are ${found} issues "${META_TITLE}" instead of one.`];
  return check === undefined
    ? [
        `The issue "${META_TITLE}" needs a section "Checks" with the one command of the whole project.`,
      ]
    : [];
}

function projectCheckOf({ description }: TrackedItem): string | undefined {
  const said = readChecks(description);
  const [check, ...others] = said.kind === 'said' ? said.checks : [];
  return check?.kind === 'command' && others.length === 0 ? check.run : undefined;
}

function doubles(work: readonly TrackedItem[]): string[] {
  const groups = Map.groupBy(work, ({ title }) => title.trim().toLowerCase());
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((same) => `${same.map(({ key }) => key).join(' and ')} have the same title.`);
}

function issueFaults(issue: TrackedItem): string[] {
  const { key, title, description } = issue;
  const said = readChecks(description);
  return [
    ...(/\S.* - .*\S/u.test(title)
      ? []
      : [`${key}: the title is not of the form "Area - feature".`]),
    ...(description.trim().length < LEAST_DESCRIPTION ? [`${key}: its description is empty.`] : []),
    ...(said.kind === 'none' ? [`${key}: it has no section "Checks".`] : []),
    ...(said.kind === 'unreadable' ? [`${key}: ${said.fault}.`] : []),
  ];
}

/**
 * An issue as a work item; the checks of one that says none are the repository's own. What it waits
 * for counts only among the issues of the same board.
 */
function draftOf(issue: TrackedItem, others: readonly TrackedItem[]): ItemDraft {
  const { key, description, priority, parent, labels } = issue;
  const known = new Set(others.map((one) => one.key));
  const dependencies = issue.dependencies.filter((needed) => known.has(needed) && needed !== key);
  const said = readChecks(description);
  const checks = said.kind === 'said' ? said.checks : [];
  const title = titleLine(issue.title);
  return { key, title, description, priority, dependencies, parent, labels, checks };
}
