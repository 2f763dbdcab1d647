import { buildSchema, execute, GraphQLError, parse, validate } from 'graphql';
import type { DocumentNode, GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import { AGENT_WRITES, found } from './agents.ts';
import { fieldOf, isEntity } from './fields.ts';
import { meets } from './filter.ts';
import { invalidInput, LinearFault } from './store.ts';
import type { Entity, Kind, Store, Values } from './store.ts';
import { SDL } from './schema.ts';
import { issueOf, WRITES } from './write.ts';
import type { Writing } from './write.ts';

/** What a request asks for. */
export interface Asked {
  readonly document: DocumentNode;
  readonly variables: Values;
}

export interface Answering extends Writing {
  /** What `rateLimitStatus` gives. */
  readonly limits: () => readonly Values[];
}

const SCHEMA = buildSchema(SDL, { assumeValid: true });

const LISTS: Readonly<Record<string, Kind>> = {
  users: 'User',
  teams: 'Team',
  workflowStates: 'WorkflowState',
  issueLabels: 'IssueLabel',
  projects: 'Project',
  issues: 'Issue',
  comments: 'Comment',
  attachments: 'Attachment',
  agentSessions: 'AgentSession',
};

const SINGLES: Readonly<Record<string, Kind>> = {
  team: 'Team',
  user: 'User',
  workflowState: 'WorkflowState',
  issueLabel: 'IssueLabel',
  project: 'Project',
  comment: 'Comment',
  attachment: 'Attachment',
  agentSession: 'AgentSession',
};

/** Throws LinearFault for a text that is no valid GraphQL. */
export function parseDocument(text: string): DocumentNode {
  try {
    return remembered(PARSED, text, () => parse(text));
  } catch (error) {
    throw invalidGraphql(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Everything that is wrong with a document. The official client is newer than any schema at hand, so
 * a document of its own is only held to what does not hang on the fields that are known here.
 */
export function faultsOf(document: DocumentNode): readonly string[] {
  return remembered(FAULTS, document, () => {
    return validate(SCHEMA, document).map(({ message }) => message);
  });
}

/** A client asks the same few documents again and again; reading them is most of the work. */
const PARSED = new Map<string, DocumentNode>();
const FAULTS = new Map<DocumentNode, readonly string[]>();

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const value = known.get(key) ?? make();
  if (known.size < 500) known.set(key, value);
  return value;
}

function invalidGraphql(message: string): LinearFault {
  return new LinearFault(message, {
    code: 'GRAPHQL_VALIDATION_FAILED',
    type: 'graphql error',
    statusCode: 400,
    userError: true,
    userPresentableMessage: message,
  });
}

/** Carries out one operation. */
export async function answer(deps: Answering, { document, variables }: Asked): Promise<Values> {
  const result = await execute({
    schema: SCHEMA,
    document,
    variableValues: variables,
    fieldResolver: resolverOf(deps),
  });
  return { data: result.data ?? null, ...(result.errors ? { errors: result.errors } : {}) };
}

function resolverOf(deps: Answering): GraphQLFieldResolver<unknown, unknown> {
  return (...[source, args, , info]) => {
    try {
      return resolve(deps, { source, args: { ...Object(args) }, info });
    } catch (error) {
      if (!(error instanceof LinearFault)) throw error;
      throw new GraphQLError(error.message, { extensions: error.extensions });
    }
  };
}

interface Resolving {
  readonly source: unknown;
  readonly args: Values;
  readonly info: GraphQLResolveInfo;
}

function resolve(deps: Answering, { source, args, info }: Resolving): unknown {
  const { fieldName: name, parentType } = info;
  if (parentType.name === 'Mutation') {
    const write = WRITES[name] ?? AGENT_WRITES[name];
    if (write === undefined) throw new Error(`the fake has no mutation ${name}`);
    return { success: true, lastSyncId: 1, ...write(deps, args) };
  }
  if (parentType.name === 'Query') return query(deps, name, args);
  if (!isEntity(source)) return plain(source, name);
  const value = fieldOf(deps.store, source, name);
  const lists = Array.isArray(value) && String(info.returnType).endsWith('Connection!');
  return lists ? connection(deps.store, value.filter(isEntity), args) : value;
}

function plain(source: unknown, name: string): unknown {
  return typeof source === 'object' && source !== null ? Reflect.get(source, name) : undefined;
}

function query(
  { store, viewerId, limits, issueQuota }: Answering,
  name: string,
  args: Values,
): unknown {
  const kind = LISTS[name];
  if (kind !== undefined) return connection(store, store.all(kind), args);
  const single = SINGLES[name];
  if (single !== undefined) return store.get(single, args['id']);
  if (name === 'searchIssues') return search(store, args);
  if (name === 'issue') return issueOf(store, args['id']);
  if (name === 'viewer') return store.get('User', viewerId);
  if (name === 'rateLimitStatus') return { kind: 'user', identifier: 'fake', limits: limits() };
  const organization = store.all('Organization')[0];
  const subscription = issueQuota === null ? { id: 'paid', type: 'business' } : null;
  return { ...organization, subscription, createdIssueCount: store.all('Issue').length };
}

function search(store: Store, args: Values): Values {
  const textOf = (issue: Entity): string =>
    ['identifier', 'title', 'description']
      .map((name) => String(fieldOf(store, issue, name)))
      .join(' ');
  const issues = found(store, args, textOf);
  const none = { archive: '', totalCount: 0, databaseVersion: 1, includesDependencies: [] };
  return { ...connection(store, issues, args), totalCount: issues.length, archivePayload: none };
}

/** A page, newest first: 50 unless asked for, 250 at most, after the cursor. */
function connection(store: Store, entities: readonly Entity[], args: Values): Values {
  const size = sizeOf(args);
  const by = args['orderBy'] === 'updatedAt' ? 'updatedAt' : 'createdAt';
  const kept = newestFirst(
    entities
      .filter((entity) => args['includeArchived'] === true || entity.archivedAt === null)
      .filter((entity) => meets(store, entity, args['filter'])),
    by,
  );
  const start =
    args['after'] === undefined ? 0 : kept.findIndex(({ id }) => id === args['after']) + 1;
  const nodes = kept.slice(start, start + size);
  return {
    nodes,
    edges: nodes.map((node) => ({ cursor: node.id, node })),
    pageInfo: {
      hasNextPage: start + size < kept.length,
      hasPreviousPage: start > 0,
      startCursor: nodes[0]?.id ?? null,
      endCursor: nodes.at(-1)?.id ?? null,
    },
  };
}

function newestFirst(entities: readonly Entity[], by: 'createdAt' | 'updatedAt'): Entity[] {
  const place = (entity: Entity): string => `${entity[by]} ${entity.id}`;
  return entities.toSorted((a, b) => (place(a) < place(b) ? 1 : -1));
}

function sizeOf(args: Values): number {
  const size = Number(args['first'] ?? args['last'] ?? 50);
  if (size >= 1 && size <= 250) return size;
  throw invalidInput('Argument Validation Error', 'first must not be greater than 250.');
}
