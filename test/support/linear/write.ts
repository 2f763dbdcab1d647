import { fieldOf, idsOf, textOf } from './fields.ts';
import { invalidInput, LinearFault, notFound } from './store.ts';
import type { Entity, Kind, Store, Values } from './store.ts';
import { checkTeam, movedTo } from './teams.ts';

/** What a mutation works with. */
export interface Writing {
  readonly store: Store;
  readonly viewerId: string;
  /** Non-archived issues that the plan allows; null: a paid plan. */
  readonly issueQuota: number | null;
}

type Write = (deps: Writing, args: Values) => Values;

/** Every mutation by its name. Each gives its payload, or throws a LinearFault. */
export const WRITES: Readonly<Record<string, Write>> = {
  issueCreate: (deps, { input }) => ({ issue: createIssue(deps, valuesOf(input)) }),
  issueBatchCreate: (deps, { input }) => createBatch(deps, listOf(valuesOf(input)['issues'])),
  issueUpdate: ({ store }, { id, input }) => ({
    issue: updateIssue(store, issueOf(store, id), valuesOf(input)),
  }),
  issueArchive: ({ store }, { id, trash }) => archive(store, id, trash === true),
  issueDelete: ({ store }, { id, permanentlyDelete }) =>
    permanentlyDelete === true ? erase(store, issueOf(store, id)) : archive(store, id, true),
  issueRelationCreate: ({ store }, { input }) => relate(store, valuesOf(input)),
  issueLabelCreate: ({ store }, { input }) => ({ issueLabel: createLabel(store, valuesOf(input)) }),
  projectCreate: ({ store }, { input }) => ({ project: createProject(store, valuesOf(input)) }),
  projectUpdate: ({ store }, { id, input }) => ({
    project: store.update(store.get('Project', id), valuesOf(input)),
  }),
  commentCreate: (deps, { input }) => ({ comment: createComment(deps, valuesOf(input)) }),
  commentUpdate: ({ store }, { id, input }) => ({
    comment: store.update(store.get('Comment', id), {
      body: markdown(valuesOf(input)['body']),
      editedAt: new Date(0).toISOString(),
    }),
  }),
  commentDelete: ({ store }, { id }) => remove(store, store.get('Comment', id)),
  attachmentCreate: (deps, { input }) => ({ attachment: attach(deps, valuesOf(input)) }),
  attachmentUpdate: ({ store }, { id, input }) => ({
    attachment: store.update(store.get('Attachment', id), checkedMetadata(valuesOf(input))),
  }),
  attachmentDelete: ({ store }, { id }) => remove(store, store.get('Attachment', id)),
};

/** By its id or by its identifier (`ENG-1`). */
export function issueOf(store: Store, id: unknown): Entity {
  const name = textOf(id);
  if (!/^[A-Z][A-Z0-9]*-\d+$/.test(name)) return store.get('Issue', id);
  const issues = store.all('Issue');
  const found =
    issues.find((issue) => fieldOf(store, issue, 'identifier') === name) ??
    issues.find((issue) => idsOf(issue['previousIdentifiers']).includes(name));
  if (found === undefined) throw notFound('Issue');
  return found;
}

/** All or none, as one write. */
function createBatch(deps: Writing, inputs: readonly unknown[]): Values {
  const taken = inputs.map((input) => valuesOf(input)['id']).filter((id) => id !== undefined);
  for (const id of taken)
    if (deps.store.find('Issue', id) !== undefined || taken.indexOf(id) !== taken.lastIndexOf(id))
      throw conflict('Issue', textOf(id));
  refuseBeyondQuota(deps, inputs.length);
  for (const one of inputs.map(valuesOf)) checkedIssue(deps.store, textOf(one['teamId']), one);
  return { issues: inputs.map((input) => createIssue(deps, valuesOf(input))) };
}

function conflict(kind: Kind, id: string): LinearFault {
  return invalidInput(
    `conflict on insert of ${kind}`,
    `Entity ${kind} with id ${id} already exists.`,
  );
}

function createIssue(deps: Writing, input: Values): Entity {
  const { store } = deps;
  refuseBeyondQuota(deps, 1);
  const team = store.get('Team', input['teamId']);
  const state =
    input['stateId'] === undefined
      ? firstState(store, team.id, 'backlog')
      : store.get('WorkflowState', input['stateId']);
  const number = Number(team['issueCount'] ?? 0) + 1;
  const issue = store.insert('Issue', {
    priority: 0,
    ...checkedIssue(store, team.id, input),
    id: input['id'],
    title: titleOf(input['title']),
    description: markdown(input['description'] ?? ''),
    labelIds: input['labelIds'] ?? [],
    projectId: input['projectId'] ?? null,
    parentId: input['parentId'] === undefined ? null : issueOf(store, input['parentId']).id,
    assigneeId: input['assigneeId'] ?? null,
    creatorId: deps.viewerId,
    teamId: team.id,
    stateId: state.id,
    number,
    sortOrder: -number,
    trashed: null,
    previousIdentifiers: [],
    reactions: [],
    sharedAccess: NOT_SHARED,
  });
  store.update(team, { issueCount: number });
  return issue;
}

const NOT_SHARED = {
  isShared: false,
  viewerHasOnlySharedAccess: false,
  sharedWithCount: 0,
  sharedWithUsers: [],
  disallowedIssueFields: [],
};

function refuseBeyondQuota({ store, issueQuota }: Writing, more: number): void {
  if (issueQuota === null) return;
  const kept = store.all('Issue').filter(({ archivedAt }) => archivedAt === null).length;
  if (kept + more <= issueQuota) return;
  throw new LinearFault('usage limit exceeded', {
    type: 'usage limit exceeded',
    code: 'USAGE_LIMIT_EXCEEDED',
    statusCode: 400,
    userError: true,
    userPresentableMessage: `You have reached the limit of ${issueQuota} issues of your plan.`,
  });
}

/** What was changed, with the times that follow from the state. */
function updateIssue(store: Store, issue: Entity, input: Values): Entity {
  const { addedLabelIds, removedLabelIds, ...given } = givenTo(store, issue, input);
  const removed = new Set(idsOf(removedLabelIds));
  const labels = new Set([
    ...idsOf(given['labelIds'] ?? issue['labelIds']),
    ...idsOf(addedLabelIds),
  ]);
  const labelIds = [...labels].filter((id) => !removed.has(id));
  const same = labelIds.join() === idsOf(issue['labelIds']).join();
  return store.update(issue, {
    ...given,
    ...('title' in given ? { title: titleOf(given['title']) } : {}),
    ...('description' in given ? { description: markdown(given['description'] ?? '') } : {}),
    ...(same ? { labelIds: issue['labelIds'] } : { labelIds }),
    ...stateTimes(store, issue, given['stateId']),
  });
}

/** With all that follows from another team. */
function givenTo(store: Store, issue: Entity, { teamId, ...asked }: Values): Values {
  if (teamId === undefined || teamId === issue['teamId'])
    return checkedIssue(store, textOf(issue['teamId']), asked);
  const team = store.get('Team', teamId);
  const checked = checkedIssue(store, team.id, asked);
  return { ...movedTo(store, issue, team), ...checked };
}

function stateTimes(store: Store, issue: Entity, stateId: unknown): Values {
  if (stateId === undefined || stateId === issue['stateId']) return {};
  const type = store.get('WorkflowState', stateId)['type'];
  const at = new Date().toISOString();
  return {
    ...(type === 'started' ? { startedAt: at } : {}),
    completedAt: type === 'completed' ? at : null,
    canceledAt: type === 'canceled' ? at : null,
  };
}

/** References must exist, and be of the issue's team. */
function checkedIssue(store: Store, teamId: string, input: Values): Values {
  const { id: _id, ...given } = input;
  checkTeam(store, teamId, given);
  for (const label of idsOf(given['removedLabelIds'])) store.get('IssueLabel', label);
  const { priority } = given;
  if (priority !== undefined && ![0, 1, 2, 3, 4].includes(Number(priority)))
    throw invalidInput('Argument Validation Error', 'priority must not be greater than 4.');
  return given;
}

function archive(store: Store, id: unknown, trash: boolean): Values {
  const at = new Date().toISOString();
  const change = { archivedAt: at, ...(trash ? { trashed: true } : {}) };
  return { entity: store.update(issueOf(store, id), change) };
}

function erase(store: Store, issue: Entity): Values {
  for (const kind of ['Comment', 'Attachment'] as const)
    for (const part of store.all(kind)) if (part['issueId'] === issue.id) store.remove(part);
  store.remove(issue);
  return { entity: null };
}

function remove(store: Store, entity: Entity): Values {
  store.remove(entity);
  return { entityId: entity.id };
}

function relate(store: Store, input: Values): Values {
  const issueId = issueOf(store, input['issueId']).id;
  const relatedIssueId = issueOf(store, input['relatedIssueId']).id;
  if (issueId === relatedIssueId)
    throw invalidInput('Argument Validation Error', 'An issue cannot be related to itself.');
  return { issueRelation: store.insert('IssueRelation', { ...input, issueId, relatedIssueId }) };
}

function createLabel(store: Store, input: Values): Entity {
  const name = String(input['name']).trim();
  if (name === '' || name.length > 80)
    throw invalidInput('Argument Validation Error', 'name must be of 1 to 80 characters.');
  const teamId = input['teamId'] ?? null;
  if (teamId !== null) store.get('Team', teamId);
  const twin = store.all('IssueLabel').some((label) => {
    const near = label['teamId'] === null || teamId === null || label['teamId'] === teamId;
    return near && String(label['name']).toLowerCase() === name.toLowerCase();
  });
  if (twin) throw invalidInput('duplicate label name', 'A label with this name already exists.');
  return store.insert('IssueLabel', { color: '#888888', isGroup: false, ...input, name, teamId });
}

function createProject(store: Store, input: Values): Entity {
  const name = String(input['name']).trim();
  if (name === '' || name.length > 80)
    throw invalidInput('Argument Validation Error', 'name must be of 1 to 80 characters.');
  const teams = idsOf(input['teamIds']);
  if (teams.length === 0) throw invalidInput('Argument Validation Error', 'teamIds is empty.');
  for (const team of teams) store.get('Team', team);
  const slugId = String(store.all('Project').length + 1).padStart(12, '0');
  return store.insert('Project', { description: '', content: null, ...input, name, slugId });
}

function createComment({ store, viewerId }: Writing, input: Values): Entity {
  const issue = issueOf(store, input['issueId']);
  const body = markdown(input['body']);
  if (body === '') throw invalidInput('Argument Validation Error', 'body must not be empty.');
  return store.insert('Comment', {
    ...input,
    issueId: issue.id,
    body,
    userId: viewerId,
    editedAt: null,
    reactionData: {},
    reactions: [],
    url: `https://linear.app/fake/comment/${String(store.all('Comment').length + 1)}`,
  });
}

/** The same address on the same issue is the same attachment. */
function attach({ store, viewerId }: Writing, input: Values): Entity {
  const issueId = issueOf(store, input['issueId']).id;
  const given = checkedMetadata(input);
  const same = store
    .all('Attachment')
    .find((one) => one['issueId'] === issueId && one['url'] === input['url']);
  const { id: _id, issueId: _issueId, ...change } = given;
  if (same !== undefined) return store.update(same, change);
  const defaults = { metadata: {}, groupBySource: false, creatorId: viewerId };
  return store.insert('Attachment', { ...defaults, ...given, issueId });
}

function checkedMetadata(input: Values): Values {
  const kept = Object.values(valuesOf(input['metadata']));
  if (kept.every((value) => typeof value === 'string' || typeof value === 'number')) return input;
  throw invalidInput('Argument Validation Error', 'metadata must hold strings and numbers only.');
}

export function firstState(store: Store, teamId: string, type: string): Entity {
  const found = store
    .all('WorkflowState')
    .filter((state) => state['teamId'] === teamId && state['type'] === type)
    .toSorted((a, b) => Number(a['position']) - Number(b['position']))[0];
  if (found === undefined) throw notFound('WorkflowState');
  return found;
}

/** Longer and empty titles are refused; control characters and outer space go. */
function titleOf(text: unknown): string {
  const title = textOf(text)
    .replaceAll(/\p{C}+/gu, ' ')
    .trim();
  if (title === '' || title.length > 512)
    throw invalidInput('Argument Validation Error', 'title must be of 1 to 512 characters.');
  return title;
}

/** Text goes through the editor's own form and back: some of it comes back changed. */
function markdown(text: unknown): string {
  return textOf(text)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{C}\n\t]/gu, '')
    .replaceAll(/^\* /gm, '- ')
    .trim();
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function valuesOf(value: unknown): Values {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
