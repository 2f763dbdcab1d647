/** Begins the address of everything that the harness attaches; nothing answers there. */
export const PLACE = 'https://harness.invalid/';

const PAGE = 'pageInfo { hasNextPage endCursor }';
const OURS = `{ url: { startsWith: "${PLACE}" } }`;
const ATTACHMENTS = 'nodes { id url metadata }';
const RELATED = 'nodes { id type issue { id } }';

/** So many are read with each issue; one that has as many may have more. */
export const FEW = Object.freeze({ attachments: 2, relations: 10 });

/** About thirty points an issue: everything that is a connection is multiplied by its page size. */
const ITEM = `fragment Item on Issue {
  id identifier previousIdentifiers title description priority createdAt updatedAt trashed labelIds
  team { id } project { id } state { id type } parent { id identifier }
  attachments(first: ${FEW.attachments}, filter: ${OURS}) { ${ATTACHMENTS} }
  inverseRelations(first: ${FEW.relations}) { ${RELATED} }
}`;

/** All that hangs on these issues, a page each. */
export const MORE_ATTACHMENTS = `query ($ids: [ID!]!, $after: String) {
  issues(first: 20, includeArchived: true, filter: { id: { in: $ids } }) {
    nodes { id page: attachments(first: 50, after: $after, filter: ${OURS}) { ${ATTACHMENTS} ${PAGE} } }
  }
}`;

export const MORE_RELATIONS = `query ($ids: [ID!]!, $after: String) {
  issues(first: 20, includeArchived: true, filter: { id: { in: $ids } }) {
    nodes { id page: inverseRelations(first: 50, after: $after) { ${RELATED} ${PAGE} } }
  }
}`;

export const WORKSPACE = `query {
  organization { subscription { type } }
  teams(first: 250) { nodes { id key name } }
}`;

export const STATES = `query ($team: ID!) {
  workflowStates(first: 250, filter: { team: { id: { eq: $team } } }) { nodes { id type position } }
}`;

/** Names belong to teams: two of them may have a project of the same one. */
export const PROJECTS = `query ($id: ID!, $name: String!, $team: ID!) {
  projects(first: 10, includeArchived: false, filter: { or: [
    { id: { eq: $id } }
    { name: { eq: $name }, accessibleTeams: { some: { id: { eq: $team } } } }
  ] }) { nodes { id name teams(first: 50) { nodes { id } } } }
}`;

export const PROJECTS_SINCE = `query ($since: DateTimeOrDuration!, $after: String) {
  projects(first: 50, after: $after, includeArchived: false, filter: { createdAt: { gte: $since } }) {
    nodes { id name description content teams(first: 5) { nodes { id } } } ${PAGE}
  }
}`;

export const CREATE_PROJECT = `mutation ($input: ProjectCreateInput!) {
  projectCreate(input: $input) { success }
}`;

export const COUNT_ISSUES = `query { issues(first: 250) { nodes { id } } }`;

export const LABELS_BY_ID = `query ($ids: [ID!]!) {
  issueLabels(first: 250, filter: { id: { in: $ids } }) { nodes { id name isGroup team { id } parent { id } } }
}`;

/** Of the team or of the workspace. */
export const LABELS_BY_NAME = `query ($names: [IssueLabelFilter!]!, $team: ID!) {
  issueLabels(first: 250, filter: { and: [{ or: $names }, { or: [{ team: { null: true } }, { team: { id: { eq: $team } } }] }] }) {
    nodes { id name isGroup team { id } parent { id } }
  }
}`;

export const CREATE_LABEL = `mutation ($input: IssueLabelCreateInput!) {
  issueLabelCreate(input: $input) { issueLabel { id } }
}`;

/**
 * Everything of the project that changed since then, also what hangs on it, and what has a record of the
 * harness and changed since another time: an issue that left the project is found by that.
 */
export const CHANGED = `query ($project: ID!, $since: DateTimeOrDuration!, $left: DateTimeOrDuration!, $first: Int!, $after: String) {
  issues(first: $first, after: $after, includeArchived: true, filter: { or: [
    { project: { id: { eq: $project } }, or: [{ updatedAt: { gte: $since } }, { attachments: { some: { updatedAt: { gte: $since } } } }] }
    { updatedAt: { gte: $left }, attachments: { some: { url: { startsWith: "${PLACE}" } } } }
  ] }) { nodes { ...Item } ${PAGE} }
}
${ITEM}`;

export const BY_ID = `query ($ids: [ID!]!) {
  issues(first: 50, includeArchived: true, filter: { id: { in: $ids } }) { nodes { ...Item } }
}
${ITEM}`;

/** One issue with those of its comments. */
export const WITH_MARKS = `query ($id: ID!, $marks: [ID!]!) {
  issues(first: 1, includeArchived: true, filter: { id: { eq: $id } }) {
    nodes { ...Item comments(first: 20, filter: { id: { in: $marks } }) { nodes { id body } } }
  }
}
${ITEM}`;

export const COMMENTS = `query ($id: ID!, $after: String) {
  comments(first: 100, after: $after, filter: { issue: { id: { eq: $id } } }) {
    nodes { id body createdAt user { displayName } } ${PAGE}
  }
}`;

export const COMMENT_BODY = `query ($ids: [ID!]!) {
  comments(first: 1, filter: { id: { in: $ids } }) { nodes { id body } }
}`;

export const CREATE_COMMENT = `mutation ($input: CommentCreateInput!) {
  commentCreate(input: $input) { comment { id body } }
}`;

export const UPDATE_COMMENT = `mutation ($id: String!, $body: String!) {
  commentUpdate(id: $id, input: { body: $body }) { success }
}`;

export const CREATE_ISSUES = `mutation ($issues: [IssueCreateInput!]!) {
  issueBatchCreate(input: { issues: $issues }) { success }
}`;

export const UPDATE_ISSUE = `mutation ($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { issue { title description state { id type } } }
}`;

export const UPDATE_RECORD = `mutation ($id: String!, $input: AttachmentUpdateInput!) {
  attachmentUpdate(id: $id, input: $input) { success }
}`;

/** The same, and what the issue's state is by then. */
export const UPDATE_STANDING = `mutation ($id: String!, $input: AttachmentUpdateInput!) {
  attachmentUpdate(id: $id, input: $input) { attachment { issue { state { id type } } } }
}`;

/**
 * Two changes of one issue, in this order: the first answers with the issue's state right before the second
 * moves it.
 */
export const UPDATE_AND_MOVE = `mutation ($id: String!, $input: IssueUpdateInput!, $move: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { issue { title description state { id type } } }
  moved: issueUpdate(id: $id, input: $move) { success }
}`;

/**
 * The record, the issue and the record again, in this order: first what is to be shown, at last that it is.
 * The first answers with the issue's state right before it is moved.
 */
export const UPDATE_BOTH = `mutation ($issue: String!, $change: IssueUpdateInput!, $id: String!, $known: AttachmentUpdateInput!, $input: AttachmentUpdateInput!) {
  attachmentUpdate(id: $id, input: $known) { attachment { issue { state { id type } } } }
  issueUpdate(id: $issue, input: $change) { success }
  shown: attachmentUpdate(id: $id, input: $input) { success }
}`;

/** Many small writes as one request; they are made in this order. */
export function together(
  mutation: 'attachmentCreate' | 'issueRelationCreate',
  inputType: string,
  count: number,
): string {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const variables = numbers.map((index) => `$i${index}: ${inputType}!`).join(', ');
  const fields = numbers.map((index) => `w${index}: ${mutation}(input: $i${index}) { success }`);
  return `mutation (${variables}) { ${fields.join(' ')} }`;
}
