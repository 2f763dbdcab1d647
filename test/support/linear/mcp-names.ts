import { fieldOf, idsOf, textOf } from './fields.ts';
import { notFound } from './store.ts';
import type { Entity, Kind, Store } from './store.ts';

/** By id, name or key, as people and models say it. */
export function named(store: Store, kind: Kind, wanted: unknown): Entity {
  const given = textOf(wanted).toLowerCase();
  const found = store
    .all(kind)
    .find(({ id, name, key }) =>
      [id, name, key].some((one) => typeof one === 'string' && one.toLowerCase() === given),
    );
  if (found === undefined) throw notFound(kind);
  return found;
}

export function projectOf(store: Store, wanted: unknown): Entity {
  const bySlug = store.all('Project').find(({ slugId }) => slugId === wanted);
  return bySlug ?? named(store, 'Project', wanted);
}

/** What Linear's server tells of an issue. */
export function shownIssue(store: Store, issue: Entity): object {
  const state = store.get('WorkflowState', issue['stateId']);
  const project = store.find('Project', issue['projectId']);
  const team = store.get('Team', issue['teamId']);
  const priority = Number(issue['priority']);
  return {
    id: textOf(fieldOf(store, issue, 'identifier')),
    uuid: issue.id,
    title: issue['title'],
    description: issue['description'],
    priority: { value: priority, name: fieldOf(store, issue, 'priorityLabel') },
    url: fieldOf(store, issue, 'url'),
    status: state['name'],
    statusType: state['type'],
    labels: idsOf(issue['labelIds']).map((id) => store.get('IssueLabel', id)['name']),
    project: project?.['name'],
    projectId: project?.id,
    team: team['name'],
    teamId: team.id,
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    archivedAt: issue.archivedAt,
    completedAt: issue['completedAt'] ?? null,
  };
}

export function shownComment(store: Store, comment: Entity): object {
  const author = store.find('User', comment['userId']);
  return {
    id: comment.id,
    body: comment['body'],
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    author: { id: author?.id, name: author?.['name'] },
  };
}

export function shownProject(store: Store, project: Entity): object {
  return {
    id: project.id,
    name: project['name'],
    summary: project['description'],
    description: project['content'],
    url: fieldOf(store, project, 'url'),
    teams: idsOf(project['teamIds']).map((id) => {
      const { key, name } = store.get('Team', id);
      return { id, key, name };
    }),
    createdAt: project.createdAt,
    updatedAt: project.updatedAt,
  };
}
