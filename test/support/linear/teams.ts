import { idsOf, textOf } from './fields.ts';
import { invalidInput } from './store.ts';
import type { Entity, Store, Values } from './store.ts';

/**
 * What belongs to a team goes only with issues of that team: its states, its labels and the projects
 * that it is a part of. Linear says these words.
 */
export function checkTeam(store: Store, teamId: string, given: Values): void {
  const { stateId, projectId } = given;
  if (stateId !== undefined && store.get('WorkflowState', stateId)['teamId'] !== teamId)
    throw discrepancy();
  if (typeof projectId === 'string' && !isOf(store.get('Project', projectId), teamId))
    throw discrepancy();
  for (const id of ['labelIds', 'addedLabelIds'].flatMap((key) => idsOf(given[key]))) {
    const label = store.get('IssueLabel', id);
    if (!fits(label, teamId))
      throw invalidInput(
        'labelIds for incorrect team',
        `The label '${textOf(label['name'])}' is not associated with the same team as the issue.`,
      );
  }
  for (const key of ['labelIds', 'addedLabelIds']) checkGroups(store, idsOf(given[key]));
}

/** A group is no label of an issue, and of the labels of one an issue has one. */
function checkGroups(store: Store, ids: readonly string[]): void {
  const labels = [...new Set(ids)].map((id) => store.get('IssueLabel', id));
  const group = labels.find((label) => label['isGroup'] === true);
  if (group !== undefined)
    throw invalidInput(
      'labelIds of a group',
      `The label '${textOf(group['name'])}' is a group and cannot be assigned to issues directly.`,
    );
  const groups = labels.flatMap((label) => label['parentId'] ?? []);
  if (new Set(groups).size < groups.length)
    throw invalidInput(
      'labelIds not exclusive child labels',
      'Labels of one group are exclusive: an issue can have one of them.',
    );
}

function discrepancy(): Error {
  const words = 'Discrepancy between issue team and state, cycle or project';
  return invalidInput(words, `${words}.`);
}

function isOf(project: Entity, teamId: string): boolean {
  return idsOf(project['teamIds']).includes(teamId);
}

function fits(label: Entity, teamId: string): boolean {
  return label['teamId'] === null || label['teamId'] === teamId;
}

/**
 * What Linear changes of an issue that goes to another team: its number and so its name, its state to the
 * like one there, its labels to those that are not of the old team, its project unless the team is a part of it.
 */
export function movedTo(store: Store, issue: Entity, team: Entity): Values {
  const number = Number(team['issueCount'] ?? 0) + 1;
  const state = store.get('WorkflowState', issue['stateId']);
  const project = store.find('Project', issue['projectId']);
  const labelIds = idsOf(issue['labelIds']).filter((id) =>
    fits(store.get('IssueLabel', id), team.id),
  );
  store.update(team, { issueCount: number });
  return {
    teamId: team.id,
    number,
    stateId: likeState(store, team, state).id,
    labelIds,
    projectId: project !== undefined && isOf(project, team.id) ? project.id : null,
    previousIdentifiers: [...idsOf(issue['previousIdentifiers']), nameOf(store, issue)],
  };
}

function likeState(store: Store, team: Entity, state: Entity): Entity {
  const there = store.all('WorkflowState').filter(({ teamId }) => teamId === team.id);
  const like =
    there.find((one) => one['type'] === state['type'] && one['name'] === state['name']) ??
    there.find((one) => one['type'] === state['type']) ??
    there[0];
  if (like === undefined) throw new Error('the team has no states');
  return like;
}

/** A person moves an issue to another team. */
export function moveToTeam(store: Store, issue: Entity, key: string): Entity {
  const team = store.all('Team').find((one) => one['key'] === key);
  if (team === undefined) throw new Error(`there is no team ${key}`);
  return store.update(issue, movedTo(store, issue, team));
}

/** A person gives a team another key: all its issues have other names from now on, and know the old ones. */
export function renameTeam(store: Store, from: string, to: string): void {
  const team = store.all('Team').find(({ key }) => key === from);
  if (team === undefined) throw new Error(`there is no team ${from}`);
  for (const issue of store.all('Issue'))
    if (issue['teamId'] === team.id)
      store.update(issue, {
        previousIdentifiers: [...idsOf(issue['previousIdentifiers']), nameOf(store, issue)],
      });
  store.update(team, { key: to });
}

function nameOf(store: Store, issue: Entity): string {
  return `${textOf(store.get('Team', issue['teamId'])['key'])}-${String(issue['number'])}`;
}
