import { invalidInput } from './store.ts';
import type { Entity, Store, Values } from './store.ts';
import { issueOf } from './write.ts';
import type { Writing } from './write.ts';

/** What the newest activity makes of a session; `prompt` is a person's. */
const STATUS: Readonly<Record<string, string>> = {
  thought: 'active',
  action: 'active',
  prompt: 'active',
  elicitation: 'awaitingInput',
  response: 'complete',
  error: 'error',
};

const CONTENT: Readonly<Record<string, string>> = {
  thought: 'AgentActivityThoughtContent',
  action: 'AgentActivityActionContent',
  prompt: 'AgentActivityPromptContent',
  elicitation: 'AgentActivityElicitationContent',
  response: 'AgentActivityResponseContent',
  error: 'AgentActivityErrorContent',
};

type Write = (deps: Writing, args: Values) => Values;

/** Mutations about agents at work on issues. A session without news for long would be stale: not here. */
export const AGENT_WRITES: Readonly<Record<string, Write>> = {
  agentSessionCreateOnIssue: (deps, { input }) => ({ agentSession: begin(deps, valuesOf(input)) }),
  agentSessionUpdate: ({ store }, { id, input }) => ({
    agentSession: store.update(store.get('AgentSession', id), valuesOf(input)),
  }),
  agentSessionUpdateExternalUrl: ({ store }, { id, input }) => ({
    agentSession: store.update(store.get('AgentSession', id), valuesOf(input)),
  }),
  agentActivityCreate: (deps, { input }) => ({ agentActivity: act(deps, valuesOf(input)) }),
};

function begin({ store, viewerId }: Writing, input: Values): Entity {
  return store.insert('AgentSession', {
    issueId: issueOf(store, input['issueId']).id,
    appUserId: viewerId,
    creatorId: viewerId,
    status: 'pending',
    type: 'commentThread',
    slugId: String(store.all('AgentSession').length + 1),
    externalLink: input['externalLink'] ?? null,
    externalLinks: [],
    externalUrls: input['externalUrls'] ?? [],
    context: [],
    plan: null,
    summary: null,
    startedAt: null,
    endedAt: null,
  });
}

function act({ store, viewerId }: Writing, input: Values): Entity {
  const session = store.get('AgentSession', input['agentSessionId']);
  const content = valuesOf(input['content']);
  const type = String(content['type']);
  const status = STATUS[type];
  const ephemeral = input['ephemeral'] === true;
  if (status === undefined)
    throw invalidInput('Argument Validation Error', 'content.type is none of an activity.');
  for (const former of activitiesOf(store, session))
    if (former['ephemeral'] === true) store.remove(former);
  const activity = store.insert('AgentActivity', {
    agentSessionId: session.id,
    userId: viewerId,
    content: { ...content, __typename: CONTENT[type] },
    ephemeral,
    signal: input['signal'] ?? null,
    signalMetadata: input['signalMetadata'] ?? null,
  });
  const startedAt = session['startedAt'] ?? activity.createdAt;
  const endedAt = OVER.has(status) ? activity.createdAt : null;
  store.update(session, { status, startedAt, endedAt });
  return activity;
}

const OVER: ReadonlySet<string> = new Set(['complete', 'error']);

function activitiesOf(store: Store, session: Entity): readonly Entity[] {
  return store.all('AgentActivity').filter((one) => one['agentSessionId'] === session.id);
}

/** Issues that hold every word, in their title, text or identifier; in their comments only if asked. */
export function found(
  store: Store,
  { term, includeComments, teamId }: Values,
  textOf: (issue: Entity) => string,
): readonly Entity[] {
  const words = String(term).toLowerCase().split(/\s+/u);
  return store.all('Issue').filter((issue) => {
    if (typeof teamId === 'string' && issue['teamId'] !== teamId) return false;
    const said = includeComments === true ? commentsOf(store, issue) : '';
    const text = `${textOf(issue)} ${said}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function commentsOf(store: Store, { id }: Entity): string {
  return store
    .all('Comment')
    .flatMap((one) => (one['issueId'] === id ? String(one['body']) : []))
    .join(' ');
}

function valuesOf(value: unknown): Values {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The part of the schema that these are. */
export const AGENT_TYPES = `
scalar JSON
type AgentSession {
  id: ID!, createdAt: DateTime!, updatedAt: DateTime!, archivedAt: DateTime, startedAt: DateTime, endedAt: DateTime, dismissedAt: DateTime
  status: String!, type: String, slugId: String!, url: String, externalLink: String, externalUrls: JSON!, context: JSON!
  plan: JSON, summary: String, sourceMetadata: JSON, externalLinks: [AgentSessionExternalLink!]!
  appUser: User!, creator: User, dismissedBy: User, issue: Issue, comment: Comment, sourceComment: Comment
  activities(filter: AgentActivityFilter, first: Int, after: String, last: Int, before: String, includeArchived: Boolean, orderBy: PaginationOrderBy): AgentActivityConnection!
}
type AgentSessionExternalLink { label: String!, url: String! }
type AgentActivity {
  id: ID!, createdAt: DateTime!, updatedAt: DateTime!, archivedAt: DateTime, ephemeral: Boolean!, signal: String
  signalMetadata: JSONObject, sourceMetadata: JSONObject, agentSession: AgentSession!, sourceComment: Comment, user: User!
  content: AgentActivityContent!
}
union AgentActivityContent = AgentActivityThoughtContent | AgentActivityActionContent | AgentActivityPromptContent
  | AgentActivityElicitationContent | AgentActivityResponseContent | AgentActivityErrorContent
type AgentActivityThoughtContent { type: String!, body: String! }
type AgentActivityActionContent { type: String!, action: String!, parameter: String!, result: String }
type AgentActivityPromptContent { type: String!, body: String! }
type AgentActivityElicitationContent { type: String!, body: String! }
type AgentActivityResponseContent { type: String!, body: String! }
type AgentActivityErrorContent { type: String!, body: String! }
type AgentSessionPayload { success: Boolean!, lastSyncId: Float!, agentSession: AgentSession! }
type AgentActivityPayload { success: Boolean!, lastSyncId: Float!, agentActivity: AgentActivity! }
type ArchiveResponse { archive: String!, totalCount: Float!, databaseVersion: Float!, includesDependencies: [String!]! }
type IssueSearchPayload { nodes: [IssueSearchResult!]!, pageInfo: PageInfo!, totalCount: Float!, archivePayload: ArchiveResponse! }
input AgentActivityFilter { id: IDComparator, type: StringComparator }
input AgentSessionCreateOnIssue { issueId: String!, externalLink: String, externalUrls: [AgentSessionExternalUrlInput!] }
input AgentSessionExternalUrlInput { label: String!, url: String! }
input AgentSessionUpdateInput { plan: JSON, externalLink: String, externalUrls: [AgentSessionExternalUrlInput!] }
input AgentSessionUpdateExternalUrlInput { externalLink: String, externalUrls: [AgentSessionExternalUrlInput!] }
input AgentActivityCreateInput {
  id: String, agentSessionId: String!, content: JSONObject!, ephemeral: Boolean, signal: String, signalMetadata: JSONObject
}
extend type Query {
  agentSession(id: String!): AgentSession!
  agentSessions(first: Int, after: String, last: Int, before: String, includeArchived: Boolean, orderBy: PaginationOrderBy): AgentSessionConnection!
  searchIssues(term: String!, teamId: String, includeComments: Boolean, filter: IssueFilter, first: Int, after: String, last: Int, before: String, includeArchived: Boolean, orderBy: PaginationOrderBy): IssueSearchPayload!
}
extend type Mutation {
  agentSessionCreateOnIssue(input: AgentSessionCreateOnIssue!): AgentSessionPayload!
  agentSessionUpdate(id: String!, input: AgentSessionUpdateInput!): AgentSessionPayload!
  agentSessionUpdateExternalUrl(id: String!, input: AgentSessionUpdateExternalUrlInput!): AgentSessionPayload!
  agentActivityCreate(input: AgentActivityCreateInput!): AgentActivityPayload!
}
`;
