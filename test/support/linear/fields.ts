import type { Entity, Kind, Store } from './store.ts';

type Derive = (store: Store, entity: Entity) => unknown;

const one =
  (kind: Kind, key: string): Derive =>
  (store, entity) =>
    entity[key] === null || entity[key] === undefined ? null : store.get(kind, entity[key]);

const many =
  (kind: Kind, key: string): Derive =>
  (store, entity) =>
    store.all(kind).filter((other) => other[key] === entity.id);

const listed =
  (kind: Kind, key: string): Derive =>
  (store, entity) =>
    idsOf(entity[key]).flatMap((id) => store.find(kind, id) ?? []);

/** Linear's scalar JSON is a text that holds some. */
const asJson =
  (key: string): Derive =>
  (_store, entity) =>
    (entity[key] ?? null) === null ? null : JSON.stringify(entity[key]);

/** What follows from other things, by kind; everything else is stored as it is called. */
const DERIVED: Partial<Record<Kind, Readonly<Record<string, Derive>>>> = {
  Issue: {
    state: one('WorkflowState', 'stateId'),
    team: one('Team', 'teamId'),
    project: one('Project', 'projectId'),
    parent: one('Issue', 'parentId'),
    assignee: one('User', 'assigneeId'),
    creator: one('User', 'creatorId'),
    labels: listed('IssueLabel', 'labelIds'),
    children: many('Issue', 'parentId'),
    comments: many('Comment', 'issueId'),
    attachments: many('Attachment', 'issueId'),
    relations: many('IssueRelation', 'issueId'),
    inverseRelations: many('IssueRelation', 'relatedIssueId'),
    identifier: (store, issue) => `${teamKey(store, issue)}-${String(issue['number'])}`,
    branchName: (store, issue) =>
      `${teamKey(store, issue).toLowerCase()}-${String(issue['number'])}`,
    url: (store, issue) =>
      `https://linear.app/fake/issue/${teamKey(store, issue)}-${String(issue['number'])}`,
    priorityLabel: (_store, issue) =>
      ['No priority', 'Urgent', 'High', 'Medium', 'Low'][Number(issue['priority'])] ??
      'No priority',
  },
  IssueRelation: { issue: one('Issue', 'issueId'), relatedIssue: one('Issue', 'relatedIssueId') },
  Comment: { issue: one('Issue', 'issueId'), user: one('User', 'userId') },
  Attachment: { issue: one('Issue', 'issueId'), creator: one('User', 'creatorId') },
  AgentSession: {
    issue: one('Issue', 'issueId'),
    appUser: one('User', 'appUserId'),
    creator: one('User', 'creatorId'),
    activities: many('AgentActivity', 'agentSessionId'),
    plan: asJson('plan'),
    context: asJson('context'),
    externalUrls: asJson('externalUrls'),
  },
  AgentActivity: {
    agentSession: one('AgentSession', 'agentSessionId'),
    user: one('User', 'userId'),
  },
  WorkflowState: { team: one('Team', 'teamId'), issues: many('Issue', 'stateId') },
  IssueLabel: {
    team: one('Team', 'teamId'),
    parent: one('IssueLabel', 'parentId'),
    isGroup: (_store, label) => label['isGroup'] === true,
  },
  Team: {
    states: many('WorkflowState', 'teamId'),
    labels: many('IssueLabel', 'teamId'),
    issues: many('Issue', 'teamId'),
    projects: (store, team) =>
      store.all('Project').filter((project) => idsOf(project['teamIds']).includes(team.id)),
  },
  Project: {
    teams: listed('Team', 'teamIds'),
    accessibleTeams: listed('Team', 'teamIds'),
    issues: many('Issue', 'projectId'),
    url: (_store, project) => `https://linear.app/fake/project/${project.id}`,
  },
};

/** A field of a thing: a scalar, another thing, a list of things, or null. */
export function fieldOf(store: Store, entity: Entity, name: string): unknown {
  const derive = DERIVED[entity.kind]?.[name];
  return derive === undefined ? entity[name] : derive(store, entity);
}

export function isEntity(value: unknown): value is Entity {
  return typeof value === 'object' && value !== null && 'kind' in value && 'id' in value;
}

export function idsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function teamKey(store: Store, issue: Entity): string {
  return String(store.get('Team', issue['teamId'])['key']);
}

/** A stored or given value as text; nothing at all is empty. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
