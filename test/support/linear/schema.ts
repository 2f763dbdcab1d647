import { AGENT_TYPES } from './agents.ts';

const PAGE =
  'first: Int, after: String, last: Int, before: String, includeArchived: Boolean, orderBy: PaginationOrderBy';

const KINDS = [
  'User',
  'Team',
  'WorkflowState',
  'IssueLabel',
  'Project',
  'Issue',
  'IssueRelation',
  'Comment',
  'Attachment',
  'AgentSession',
  'AgentActivity',
] as const;

const NODE = 'id: ID!, createdAt: DateTime!, updatedAt: DateTime!, archivedAt: DateTime';

const TYPES = `
scalar DateTime
scalar DateTimeOrDuration
scalar JSONObject
scalar TimelessDate
enum PaginationOrderBy { createdAt updatedAt }
enum IssueRelationType { blocks duplicate related similar }
type PageInfo { hasNextPage: Boolean!, hasPreviousPage: Boolean!, startCursor: String, endCursor: String }

type Query {
  viewer: User!
  organization: Organization!
  rateLimitStatus: RateLimitPayload!
  team(id: String!): Team!
  user(id: String!): User!
  workflowState(id: String!): WorkflowState!
  issueLabel(id: String!): IssueLabel!
  project(id: String!): Project!
  issue(id: String!): Issue!
  comment(id: String): Comment!
  attachment(id: String!): Attachment!
  users(filter: UserFilter, sort: [UserSortInput!], ${PAGE}): UserConnection!
  teams(filter: TeamFilter, ${PAGE}): TeamConnection!
  workflowStates(filter: WorkflowStateFilter, ${PAGE}): WorkflowStateConnection!
  issueLabels(filter: IssueLabelFilter, ${PAGE}): IssueLabelConnection!
  projects(filter: ProjectFilter, sort: [ProjectSortInput!], ${PAGE}): ProjectConnection!
  issues(filter: IssueFilter, sort: [IssueSortInput!], ${PAGE}): IssueConnection!
  comments(filter: CommentFilter, ${PAGE}): CommentConnection!
  attachments(filter: AttachmentFilter, ${PAGE}): AttachmentConnection!
}
type Mutation {
  issueCreate(input: IssueCreateInput!): IssuePayload!
  issueBatchCreate(input: IssueBatchCreateInput!): IssueBatchPayload!
  issueUpdate(id: String!, input: IssueUpdateInput!): IssuePayload!
  issueArchive(id: String!, trash: Boolean): IssueArchivePayload!
  issueDelete(id: String!, permanentlyDelete: Boolean): IssueArchivePayload!
  issueRelationCreate(input: IssueRelationCreateInput!, overrideCreatedAt: DateTime): IssueRelationPayload!
  issueLabelCreate(input: IssueLabelCreateInput!, replaceTeamLabels: Boolean): IssueLabelPayload!
  projectCreate(input: ProjectCreateInput!, connectSlackChannel: Boolean, slackChannelName: String): ProjectPayload!
  projectUpdate(id: String!, input: ProjectUpdateInput!): ProjectPayload!
  commentCreate(input: CommentCreateInput!): CommentPayload!
  commentUpdate(id: String!, input: CommentUpdateInput!, skipEditedAt: Boolean): CommentPayload!
  commentDelete(id: String!): DeletePayload!
  attachmentCreate(input: AttachmentCreateInput!): AttachmentPayload!
  attachmentUpdate(id: String!, input: AttachmentUpdateInput!): AttachmentPayload!
  attachmentDelete(id: String!): DeletePayload!
}

type RateLimitPayload { kind: String!, identifier: String, limits: [RateLimitResultPayload!]! }
type RateLimitResultPayload {
  type: String!, allowedAmount: Float!, requestedAmount: Float!, remainingAmount: Float!, period: Float!, reset: Float!
}
type Organization { ${NODE}, name: String!, urlKey: String!, createdIssueCount: Int!, subscription: PaidSubscription }
type PaidSubscription { id: ID!, type: String! }
type User { ${NODE}, name: String!, displayName: String!, email: String!, active: Boolean!, admin: Boolean!, guest: Boolean! }
type Team {
  ${NODE}, key: String!, name: String!, displayName: String!
  states(filter: WorkflowStateFilter, ${PAGE}): WorkflowStateConnection!
  labels(filter: IssueLabelFilter, ${PAGE}): IssueLabelConnection!
  issues(filter: IssueFilter, ${PAGE}): IssueConnection!
  projects(filter: ProjectFilter, ${PAGE}): ProjectConnection!
}
type WorkflowState { ${NODE}, name: String!, type: String!, position: Float!, color: String!, description: String, team: Team! }
type IssueLabel { ${NODE}, name: String!, color: String!, description: String, isGroup: Boolean!, team: Team, parent: IssueLabel }
type Project {
  ${NODE}, name: String!, description: String!, content: String, slugId: String!, url: String!
  teams(${PAGE}): TeamConnection!
  issues(filter: IssueFilter, ${PAGE}): IssueConnection!
}
type Issue {
  ${NODE}, number: Float!, identifier: String!, title: String!, description: String, url: String!, branchName: String!
  priority: Float!, priorityLabel: String!, estimate: Float, sortOrder: Float!, labelIds: [String!]!, trashed: Boolean
  startedAt: DateTime, completedAt: DateTime, canceledAt: DateTime
  state: WorkflowState!, team: Team!, project: Project, parent: Issue, assignee: User, creator: User
  previousIdentifiers: [String!]!, reactions: [Reaction!]!, sharedAccess: IssueSharedAccess!
  labels(filter: IssueLabelFilter, ${PAGE}): IssueLabelConnection!
  children(filter: IssueFilter, ${PAGE}): IssueConnection!
  comments(filter: CommentFilter, ${PAGE}): CommentConnection!
  attachments(filter: AttachmentFilter, ${PAGE}): AttachmentConnection!
  relations(${PAGE}): IssueRelationConnection!
  inverseRelations(${PAGE}): IssueRelationConnection!
}
type Reaction { id: ID!, emoji: String! }
type IssueSharedAccess {
  isShared: Boolean!, viewerHasOnlySharedAccess: Boolean!, sharedWithCount: Int!, sharedWithUsers: [User!]!, disallowedIssueFields: [String!]!
}
type IssueRelation { ${NODE}, type: String!, issue: Issue!, relatedIssue: Issue! }
type Comment { ${NODE}, body: String!, url: String!, editedAt: DateTime, issueId: String, reactionData: JSONObject!, reactions: [Reaction!]!, issue: Issue, user: User }
type Attachment {
  ${NODE}, title: String!, subtitle: String, url: String!, metadata: JSONObject!, groupBySource: Boolean!, issue: Issue!, creator: User
}

type IssueBatchPayload { success: Boolean!, lastSyncId: Float!, issues: [Issue!]! }
type IssueArchivePayload { success: Boolean!, lastSyncId: Float!, entity: Issue }
type DeletePayload { success: Boolean!, lastSyncId: Float!, entityId: String! }
type IssuePayload { success: Boolean!, lastSyncId: Float!, issue: Issue }
type IssueRelationPayload { success: Boolean!, lastSyncId: Float!, issueRelation: IssueRelation! }
type IssueLabelPayload { success: Boolean!, lastSyncId: Float!, issueLabel: IssueLabel! }
type ProjectPayload { success: Boolean!, lastSyncId: Float!, project: Project }
type CommentPayload { success: Boolean!, lastSyncId: Float!, comment: Comment! }
type AttachmentPayload { success: Boolean!, lastSyncId: Float!, attachment: Attachment! }
`;

const COMPARE = 'eq: T, neq: T, in: [T!], nin: [T!]';
const TEXT =
  'eqIgnoreCase: String, contains: String, notContains: String, containsIgnoreCase: String, startsWith: String, endsWith: String';
const ORDER = 'gt: T, gte: T, lt: T, lte: T';
const comparator = (name: string, type: string, fields: string): string =>
  `input ${name} { ${fields.replaceAll('T', type)} }`;

const COMPARATORS = [
  `input IDComparator { eq: ID, neq: ID, in: [ID!], nin: [ID!] }`,
  `input IssueIDComparator { eq: ID, neq: ID, in: [ID!], nin: [ID!] }`,
  `input BooleanComparator { eq: Boolean, neq: Boolean }`,
  `input StringComparator { ${COMPARE.replaceAll('T', 'String')}, ${TEXT} }`,
  `input NullableStringComparator { null: Boolean, ${COMPARE.replaceAll('T', 'String')}, ${TEXT} }`,
  comparator('NumberComparator', 'Float', `${COMPARE}, ${ORDER}`),
  comparator('NullableNumberComparator', 'Float', `null: Boolean, ${COMPARE}, ${ORDER}`),
  comparator('DateComparator', 'DateTimeOrDuration', `${COMPARE}, ${ORDER}`),
  comparator('NullableDateComparator', 'DateTimeOrDuration', `null: Boolean, ${COMPARE}, ${ORDER}`),
];

/** A filter, what it is called where the thing may be absent, and what it is for a list of them. */
function filter(name: string, fields: string): string {
  const dates = 'createdAt: DateComparator, updatedAt: DateComparator';
  const all = (self: string): string => `and: [${self}!], or: [${self}!], ${dates}, ${fields}`;
  return `
input ${name}Filter { ${all(`${name}Filter`)} }
input Nullable${name}Filter { null: Boolean, ${all(`Nullable${name}Filter`)} }
input ${name}CollectionFilter {
  some: ${name}Filter, every: ${name}Filter, length: NumberComparator, ${all(`${name}CollectionFilter`)}
}`;
}

const FILTERS = [
  filter(
    'User',
    'id: IDComparator, name: StringComparator, email: StringComparator, active: BooleanComparator',
  ),
  filter('Team', 'id: IDComparator, key: StringComparator, name: StringComparator'),
  filter(
    'WorkflowState',
    'id: IDComparator, name: StringComparator, type: StringComparator, team: TeamFilter',
  ),
  filter('IssueLabel', 'id: IDComparator, name: StringComparator, team: NullableTeamFilter'),
  filter(
    'Project',
    'id: IDComparator, name: StringComparator, accessibleTeams: TeamCollectionFilter',
  ),
  filter(
    'Issue',
    `id: IssueIDComparator, title: StringComparator, description: NullableStringComparator, number: NumberComparator
  priority: NullableNumberComparator, archivedAt: NullableDateComparator, state: WorkflowStateFilter, team: TeamFilter
  project: NullableProjectFilter, parent: NullableIssueFilter, assignee: NullableUserFilter, labels: IssueLabelCollectionFilter
  comments: CommentCollectionFilter, attachments: AttachmentCollectionFilter, children: IssueCollectionFilter`,
  ),
  filter(
    'Comment',
    'id: IDComparator, body: StringComparator, issue: NullableIssueFilter, user: UserFilter',
  ),
  filter('Attachment', 'id: IDComparator, title: StringComparator, url: StringComparator'),
];

const INPUTS = `
input IssueSortInput { noop: Boolean }
input ProjectSortInput { noop: Boolean }
input UserSortInput { noop: Boolean }
input IssueBatchCreateInput { issues: [IssueCreateInput!]! }
input IssueCreateInput {
  id: String, title: String, description: String, teamId: String!, stateId: String, projectId: String, parentId: String
  assigneeId: String, priority: Int, estimate: Int, labelIds: [String!], sortOrder: Float
}
input IssueUpdateInput {
  title: String, description: String, teamId: String, stateId: String, projectId: String, parentId: String, assigneeId: String
  priority: Int, estimate: Int, labelIds: [String!], addedLabelIds: [String!], removedLabelIds: [String!], trashed: Boolean, sortOrder: Float
}
input IssueRelationCreateInput { id: String, issueId: String!, relatedIssueId: String!, type: IssueRelationType! }
input IssueLabelCreateInput { id: String, name: String!, color: String, description: String, teamId: String, parentId: String }
input ProjectCreateInput { id: String, name: String!, description: String, content: String, teamIds: [String!]! }
input ProjectUpdateInput { name: String, description: String, content: String }
input CommentCreateInput { id: String, issueId: String, body: String, parentId: String }
input CommentUpdateInput { body: String }
input AttachmentCreateInput {
  id: String, issueId: String!, title: String!, subtitle: String, url: String!, metadata: JSONObject, groupBySource: Boolean, iconUrl: String
}
input AttachmentUpdateInput { title: String!, subtitle: String, metadata: JSONObject, iconUrl: String }
`;

const CONNECTIONS = KINDS.map(
  (kind) => `
type ${kind}Connection { edges: [${kind}Edge!]!, nodes: [${kind}!]!, pageInfo: PageInfo! }
type ${kind}Edge { cursor: String!, node: ${kind}! }`,
);

/** An issue that was found by its words is one under another name. */
const SEARCHED = (/^type Issue \{.*?^\}/msu.exec(TYPES)?.[0] ?? '').replace(
  'Issue',
  'IssueSearchResult',
);

/** The part of Linear's schema that the harness and the official client use, in its own words. */
export const SDL = [
  TYPES,
  SEARCHED,
  AGENT_TYPES,
  ...COMPARATORS,
  ...FILTERS,
  INPUTS,
  ...CONNECTIONS,
].join('\n');
