import { z } from 'zod';
import { idsOf, isEntity, textOf } from './fields.ts';
import { named, projectOf, shownComment, shownIssue, shownProject } from './mcp-names.ts';
import { invalidInput } from './store.ts';
import type { Entity, Store, Values } from './store.ts';
import { firstState, issueOf, WRITES } from './write.ts';
import type { Writing } from './write.ts';

export interface Tool {
  readonly description: string;
  /** What it does not know it ignores, as Linear's does. */
  readonly input: z.ZodType<Values>;
  run(deps: Writing, input: Values): unknown;
}

const text = z.string();
const page = { limit: z.number().int().max(250).default(50), cursor: text.optional() };

/** Linear's present tools for issues and projects, by name. */
export const TOOLS: Readonly<Record<string, Tool>> = {
  list_issues: {
    description: "List issues in the user's Linear workspace.",
    input: z.object({
      ...page,
      query: text.optional(),
      team: text.optional(),
      state: text.optional(),
      label: text.optional(),
      project: text.optional(),
      priority: z.number().optional(),
      orderBy: z.enum(['createdAt', 'updatedAt']).default('updatedAt'),
      includeArchived: z.boolean().default(true),
    }),
    run: ({ store }, input) => listIssues(store, input),
  },
  get_issue: {
    description: 'Retrieve detailed information about an issue by ID.',
    input: z.object({ id: text, includeRelations: z.boolean().default(false) }),
    run: ({ store }, { id }) => shownIssue(store, issueOf(store, id)),
  },
  save_issue: {
    description:
      'Create or update a Linear issue. If `id` is provided, updates the existing issue; otherwise creates a new one. When creating, `title` and `team` are required.',
    input: z.object({
      id: text.optional(),
      title: text.optional(),
      description: text.optional(),
      team: text.optional(),
      project: text.optional(),
      state: text.optional(),
      assignee: text.nullish(),
      priority: z.number().optional(),
      labels: z.array(text).optional(),
      parentId: text.nullish(),
      blockedBy: z.array(text).optional(),
      blocks: z.array(text).optional(),
    }),
    run: (deps, input) => saveIssue(deps, input),
  },
  list_comments: {
    description: 'List comments for a specific Linear issue.',
    input: z.object({ ...page, issueId: text }),
    run: ({ store }, { issueId }) => {
      const issue = issueOf(store, issueId);
      const comments = store.all('Comment').filter((comment) => comment['issueId'] === issue.id);
      return { comments: comments.map((comment) => shownComment(store, comment)) };
    },
  },
  save_comment: {
    description: 'Create or update a comment on a Linear issue.',
    input: z.object({ id: text.optional(), issueId: text.optional(), body: text }),
    run: (deps, { id, issueId, body }) => {
      const saved =
        id === undefined
          ? WRITES['commentCreate']?.(deps, { input: { issueId, body } })
          : WRITES['commentUpdate']?.(deps, { id, input: { body } });
      return shownComment(deps.store, entityIn(saved, 'comment'));
    },
  },
  list_projects: {
    description: "List projects in the user's Linear workspace.",
    input: z.object({ ...page, query: text.optional(), team: text.optional() }),
    run: ({ store }, input) => ({
      projects: pageOf(
        store.all('Project').filter((project) => has(project['name'], input['query'])),
        input,
      ).map((project) => shownProject(store, project)),
    }),
  },
  get_project: {
    description: 'Retrieve details of a specific project in Linear.',
    input: z.object({ query: text }),
    run: ({ store }, { query }) => shownProject(store, projectOf(store, query)),
  },
  save_project: {
    description:
      'Create or update a Linear project. If `id` is provided, updates the existing project; otherwise creates a new one. When creating, `name` and at least one team (via `addTeams` or `setTeams`) are required.',
    input: z.object({
      id: text.optional(),
      name: text.optional(),
      summary: text.optional(),
      description: text.optional(),
      addTeams: z.array(text).optional(),
      setTeams: z.array(text).optional(),
    }),
    run: (deps, input) => saveProject(deps, input),
  },
  list_teams: {
    description: "List teams in the user's Linear workspace.",
    input: z.object({ ...page, query: text.optional() }),
    run: ({ store }) => ({
      teams: store.all('Team').map(({ id, key, name }) => ({ id, key, name })),
    }),
  },
  get_team: {
    description: 'Retrieve details of a specific Linear team.',
    input: z.object({ query: text }),
    run: ({ store }, { query }) => {
      const { id, key, name } = named(store, 'Team', query);
      return { id, key, name };
    },
  },
  list_issue_statuses: {
    description: 'List available issue statuses in a Linear team.',
    input: z.object({ team: text }),
    run: ({ store }, { team }) =>
      statesOf(store, named(store, 'Team', team).id).map(({ id, type, name }) => ({
        id,
        type,
        name,
      })),
  },
  list_issue_labels: {
    description: 'List available issue labels in a Linear workspace or team.',
    input: z.object({ ...page, team: text.optional(), name: text.optional() }),
    run: ({ store }) => ({
      labels: store.all('IssueLabel').map(({ id, name, color }) => ({ id, name, color })),
    }),
  },
  create_issue_label: {
    description: 'Create a new Linear issue label.',
    input: z.object({
      name: text,
      color: text.optional(),
      description: text.optional(),
      teamId: text.optional(),
    }),
    run: (deps, { name, color, description, teamId }) => {
      const given = { name, color, description };
      const input = teamId === undefined ? given : { ...given, teamId };
      const label = entityIn(WRITES['issueLabelCreate']?.(deps, { input }), 'issueLabel');
      return { id: label.id, name: label['name'] };
    },
  },
  list_users: {
    description: 'Retrieve users in the Linear workspace.',
    input: z.object({ ...page, query: text.optional() }),
    run: ({ store }) => ({
      users: store.all('User').map(({ id, name, email }) => ({ id, name, email })),
    }),
  },
};

function listIssues(store: Store, input: Values): unknown {
  const wanted: Values = {
    teamId: input['team'] && named(store, 'Team', input['team']).id,
    projectId: input['project'] && projectOf(store, input['project']).id,
    priority: input['priority'],
  };
  const by = String(input['orderBy']);
  const found = store
    .all('Issue')
    .filter((issue) => issue['trashed'] !== true)
    .filter((issue) => input['includeArchived'] === true || issue.archivedAt === null)
    .filter((issue) =>
      Object.entries(wanted).every(([key, value]) => value === undefined || issue[key] === value),
    )
    .filter((issue) => inState(store, issue, input['state']))
    .filter((issue) => labelled(store, issue, input['label']))
    .filter((issue) =>
      has(`${String(issue['title'])} ${String(issue['description'])}`, input['query']),
    )
    .toSorted((a, b) => (String(a[by]) < String(b[by]) ? 1 : -1));
  const shown = pageOf(found, input);
  return {
    issues: shown.map((issue) => shownIssue(store, issue)),
    hasNextPage: shown.length > 0 && shown.at(-1) !== found.at(-1),
    cursor: shown.at(-1)?.id,
  };
}

function pageOf(all: readonly Entity[], { limit, cursor }: Values): readonly Entity[] {
  const start = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
  return all.slice(start, start + Number(limit));
}

/** By name, type or id of the state. */
function inState(store: Store, issue: Entity, wanted: unknown): boolean {
  if (wanted === undefined) return true;
  const { id, name, type } = store.get('WorkflowState', issue['stateId']);
  return [id, name, type].some((one) => same(one, wanted));
}

function labelled(store: Store, issue: Entity, wanted: unknown): boolean {
  if (wanted === undefined) return true;
  const labels = idsOf(issue['labelIds']).map((id) => store.get('IssueLabel', id));
  return labels.some(({ id, name }) => id === wanted || same(name, wanted));
}

function saveIssue(deps: Writing, input: Values): unknown {
  const { store } = deps;
  const known = input['id'] === undefined ? undefined : issueOf(store, input['id']);
  const teamId = known?.['teamId'] ?? (input['team'] && named(store, 'Team', input['team']).id);
  if (teamId === undefined) throw invalidInput('team missing', 'team is required to create.');
  const fields = ['title', 'description', 'priority', 'parentId'] as const;
  const given = Object.fromEntries(
    fields.flatMap((key) => (input[key] === undefined ? [] : [[key, input[key]]])),
  );
  const change = { ...given, ...references(store, input, textOf(teamId)) };
  const saved =
    known === undefined
      ? WRITES['issueCreate']?.(deps, { input: { ...change, teamId } })
      : WRITES['issueUpdate']?.(deps, { id: known.id, input: change });
  const issue = entityIn(saved, 'issue');
  relate(deps, issue, input);
  return shownIssue(store, issue);
}

/** Relations are only added, as Linear's tool does; one that is there stays one. */
function relate(deps: Writing, { id }: Entity, { blockedBy, blocks }: Values): void {
  const { store } = deps;
  const pairs = [
    ...idsOf(blockedBy).map((other) => [issueOf(store, other).id, id] as const),
    ...idsOf(blocks).map((other) => [id, issueOf(store, other).id] as const),
  ];
  for (const [issueId, relatedIssueId] of pairs) {
    const there = store
      .all('IssueRelation')
      .some((one) => one['issueId'] === issueId && one['relatedIssueId'] === relatedIssueId);
    if (there) continue;
    WRITES['issueRelationCreate']?.(deps, { input: { issueId, relatedIssueId, type: 'blocks' } });
  }
}

/** What is given by name, as ids. */
function references(store: Store, input: Values, teamId: string): Values {
  const { state, project, labels } = input;
  return {
    ...(state === undefined ? {} : { stateId: stateOf(store, teamId, state).id }),
    ...(project === undefined ? {} : { projectId: projectOf(store, project).id }),
    ...(Array.isArray(labels)
      ? { labelIds: labels.map((label) => labelOf(store, teamId, label).id) }
      : {}),
  };
}

function labelOf(store: Store, teamId: string, wanted: unknown): Entity {
  const found = store
    .all('IssueLabel')
    .filter((one) => one['teamId'] === null || one['teamId'] === teamId)
    .find(({ id, name }) => id === wanted || same(name, wanted));
  return found ?? named(store, 'IssueLabel', wanted);
}

function stateOf(store: Store, teamId: string, wanted: unknown): Entity {
  const found = statesOf(store, teamId).find((state) =>
    [state.id, state['name']].some((one) => same(one, wanted)),
  );
  return found ?? firstState(store, teamId, textOf(wanted));
}

function statesOf(store: Store, teamId: string): readonly Entity[] {
  return store.all('WorkflowState').filter((state) => state['teamId'] === teamId);
}

function saveProject(deps: Writing, input: Values): unknown {
  const { store } = deps;
  const fields = [
    ['name', 'name'],
    ['summary', 'description'],
    ['description', 'content'],
  ] as const;
  const change = Object.fromEntries(
    fields.flatMap(([given, kept]) => (input[given] === undefined ? [] : [[kept, input[given]]])),
  );
  const teams = idsOf(input['setTeams'] ?? input['addTeams']);
  const teamIds = teams.map((team) => named(store, 'Team', team).id);
  if (input['id'] === undefined && teamIds.length === 0)
    throw invalidInput('team missing', 'At least one team is required.');
  const saved =
    input['id'] === undefined
      ? WRITES['projectCreate']?.(deps, { input: { ...change, teamIds } })
      : WRITES['projectUpdate']?.(deps, {
          id: projectOf(store, input['id']).id,
          input: change,
        });
  return shownProject(store, entityIn(saved, 'project'));
}

function entityIn(payload: Values | undefined, name: string): Entity {
  const entity = payload?.[name];
  if (!isEntity(entity)) throw new Error(`no ${name} came back`);
  return entity;
}

function has(value: unknown, wanted: unknown): boolean {
  return wanted === undefined || textOf(value).toLowerCase().includes(textOf(wanted).toLowerCase());
}

function same(one: unknown, other: unknown): boolean {
  return textOf(one).toLowerCase() === textOf(other).toLowerCase();
}
