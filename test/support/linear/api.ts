import type { IncomingMessage, ServerResponse } from 'node:http';
import { Kind } from 'graphql';
import type { DocumentNode } from 'graphql';
import { answer, faultsOf, parseDocument } from './answer.ts';
import { complexityOf } from './complexity.ts';
import type { Fault, Faults } from './faults.ts';
import { MOST_POINTS } from './limits.ts';
import type { Limits } from './limits.ts';
import type { Operation } from './operation.ts';
import { LinearFault } from './store.ts';
import type { Values } from './store.ts';
import type { Writing } from './write.ts';

export interface ApiDeps extends Writing {
  readonly log: Operation[];
  readonly faults: Faults;
  readonly limits: Limits;
  readonly keys: Readonly<Record<string, 'write' | 'read'>>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly text: string;
}

interface Reply {
  readonly status: number;
  readonly body: Values;
}

/**
 * What the official client sends names itself so, or, where npm started the program, as npm's variables name
 * the package at work; its documents know fields that are not here.
 */
const OFFICIAL = /linear|coding-agent-harness/i;

/** One request of the GraphQL API, with its limits, its refusals and the faults that were ordered. */
export async function answerApi(deps: ApiDeps, exchange: Exchange): Promise<void> {
  const { request, response, text } = exchange;
  const { query, variables } = bodyOf(text);
  const document = parsed(query);
  const fields = document instanceof LinearFault ? [] : rootFields(document);
  const points = document instanceof LinearFault ? 1 : complexityOf(document, variables);
  const fault = deps.faults.next(fields);
  const note = (outcome: string): void =>
    void deps.log.push({ via: 'api', fields, variables, points, outcome });
  if (fault !== undefined && fault.kind !== 'lost_answer') {
    note(fault.kind);
    return spoil(deps, fault, response);
  }
  const official = OFFICIAL.test(String(request.headers['user-agent']));
  const scope = deps.keys[keyOf(request)];
  const reply = await replyTo(deps, { document, variables, scope, points, official });
  note(outcomeOf(reply));
  if (fault !== undefined) return void response.destroy();
  response.writeHead(reply.status, {
    'content-type': 'application/json',
    ...deps.limits.headers(points),
  });
  response.end(JSON.stringify(reply.body));
}

interface Question {
  readonly document: DocumentNode | LinearFault;
  readonly variables: Values;
  readonly scope: 'write' | 'read' | undefined;
  readonly points: number;
  readonly official: boolean;
}

async function replyTo(deps: ApiDeps, question: Question): Promise<Reply> {
  const { document, variables, scope, points, official } = question;
  if (scope === undefined) return refused(401, UNAUTHORIZED);
  if (document instanceof LinearFault) return refused(400, document);
  const faults = official ? [] : faultsOf(document);
  if (faults.length > 0) return refused(400, invalid(faults.join('; ')));
  if (points > MOST_POINTS) return refused(400, invalid('Query too complex'));
  if (!deps.limits.take(points)) return refused(400, RATELIMITED);
  if (scope === 'read' && isMutation(document)) return refused(403, FORBIDDEN);
  const limits = (): readonly Values[] => deps.limits.status();
  return { status: 200, body: await answer({ ...deps, limits }, { document, variables }) };
}

const RATELIMITED = new LinearFault('Rate limit exceeded', {
  type: 'ratelimited',
  code: 'RATELIMITED',
  statusCode: 429,
  userError: true,
  userPresentableMessage: 'Rate limit exceeded.',
});

const UNAUTHORIZED = new LinearFault('Authentication required, not authenticated', {
  type: 'authentication error',
  code: 'AUTHENTICATION_ERROR',
  statusCode: 401,
  userError: true,
  userPresentableMessage: 'You need to authenticate to access this operation.',
});

const FORBIDDEN = new LinearFault('Invalid scope: `write` required', {
  type: 'forbidden',
  code: 'FORBIDDEN',
  statusCode: 403,
  userError: true,
  userPresentableMessage: 'Invalid scope: `write` required.',
});

function invalid(message: string): LinearFault {
  return new LinearFault(message, {
    type: 'graphql error',
    code: 'GRAPHQL_VALIDATION_FAILED',
    statusCode: 400,
    userError: true,
    userPresentableMessage: message,
  });
}

function refused(status: number, { message, extensions }: LinearFault): Reply {
  return { status, body: { errors: [{ message, extensions }] } };
}

/** What is said instead of an answer; nothing for those that give none. */
const SPOILED: Readonly<Partial<Record<Fault['kind'], (fault: Fault) => Spoiled>>> = {
  server_error: () => ({ status: 502, type: 'text/html', text: '<h1>Bad Gateway' }),
  web_page: () => ({ status: 200, type: 'text/html', text: '<h1>Sign in' }),
  cut_json: () => ({ status: 200, type: 'application/json', text: '{"data":{"issu' }),
  too_many_requests: () => ({ status: 429, type: 'text/plain', text: 'slow down' }),
  wrong_shape: ({ data }) => spoiled(200, { data: data ?? {} }),
  graphql_error: ({ error }) =>
    spoiled(200, { data: null, errors: [error ?? { message: 'Internal error' }] }),
  ratelimited: () => spoiled(400, refused(400, RATELIMITED).body),
  unauthorized: () => spoiled(401, refused(401, UNAUTHORIZED).body),
};

interface Spoiled {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function spoiled(status: number, body: unknown): Spoiled {
  return { status, type: 'application/json', text: JSON.stringify(body) };
}

function spoil(deps: ApiDeps, fault: Fault, response: ServerResponse): void {
  if (fault.kind === 'silence') return;
  if (fault.kind === 'drip') return drip(response);
  const said = SPOILED[fault.kind]?.(fault);
  if (said === undefined) return void response.destroy();
  response.writeHead(said.status, {
    'content-type': said.type,
    ...deps.limits.headers(1),
    ...fault.headers,
  });
  response.end(said.text);
}

/** A byte now and then, for as long as anybody listens. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}

function keyOf({ headers }: IncomingMessage): string {
  return headers.authorization?.replace(/^Bearer /, '') ?? '';
}

function bodyOf(text: string): { readonly query: string; readonly variables: Values } {
  const body: unknown = JSON.parse(text);
  const { query, variables } = Object.assign({ query: '', variables: {} }, body);
  return { query, variables: { ...variables } };
}

function parsed(query: string): DocumentNode | LinearFault {
  try {
    return parseDocument(query);
  } catch (error) {
    if (error instanceof LinearFault) return error;
    throw error;
  }
}

function rootFields(document: DocumentNode): readonly string[] {
  return document.definitions.flatMap((part) =>
    part.kind === Kind.OPERATION_DEFINITION
      ? part.selectionSet.selections.flatMap((one) =>
          one.kind === Kind.FIELD ? [one.name.value] : [],
        )
      : [],
  );
}

function isMutation(document: DocumentNode): boolean {
  return document.definitions.some(
    (part) => part.kind === Kind.OPERATION_DEFINITION && part.operation === 'mutation',
  );
}

function outcomeOf({ body }: Reply): string {
  const errors: unknown = body['errors'];
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (typeof first !== 'object' || first === null) return 'ok';
  const code: unknown = Reflect.get(Object(Reflect.get(first, 'extensions')), 'code');
  return typeof code === 'string' ? code : 'error';
}
