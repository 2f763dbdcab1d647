import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { databaseIsAway } from '../app.ts';
import { HarnessError, hasCode, messageOf } from '../domain/errors.ts';
import type { Problem } from './contract.ts';

/** A refusal with its HTTP status; `code` is stable, for programs. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    order: { readonly detail: string; readonly headers?: Readonly<Record<string, string>> },
  ) {
    super(order.detail);
    this.status = status;
    this.code = code;
    this.headers = order.headers ?? {};
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Token missing or wrong',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  409: 'Conflict',
  413: 'Too large',
  415: 'Not JSON',
  421: 'Wrong host',
  422: 'Not possible as asked',
  428: 'State missing',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  502: 'Tracker failed',
  503: 'Not available now',
  507: 'Disk full',
};

/** What broken promises of the inside are to a caller; the rest of exit 2 is 422. */
const STATUSES: Readonly<Record<string, number>> = {
  PROJECT_UNKNOWN: 404,
  ITEM_UNKNOWN: 404,
  SESSION_UNKNOWN: 404,
  RUN_NONE: 409,
  RUN_ACTIVE: 409,
  RUN_COMPLETED: 409,
  RUN_NOT_LIVE: 409,
  RUN_PAST: 409,
  APPROVAL_NONE: 409,
  APPROVAL_STALE: 409,
  ITEM_DONE: 409,
  ITEM_TAKEN: 409,
  FOLDER_NOT_EMPTY: 409,
  CREDENTIAL_MISSING: 409,
  HUB_EMPTY: 409,
  GIT_FAILED: 409,
  OBJECTS_REFUSED: 409,
  LOCK_BUSY: 503,
  TRACKER_LIMITED: 503,
  TRACKER_UNREACHABLE: 503,
  DATABASE_FULL: 503,
  DATABASE_DISK_FULL: 507,
  DISK_FULL: 507,
};

export function problemOf(status: number, code: string, detail: string): Problem {
  const title = TITLES[status] ?? 'Refused';
  return { type: `urn:harness:problem:${code}`, title, status, detail, code };
}

/** Answers with a problem by RFC 9457. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json')
    .serializer(JSON.stringify)
    .send(problem);
}

/** The last resort of every request; what nobody foresaw is logged, and told without its words. */
export function errorHandler(log: (line: string) => void) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof Refusal) reply.headers(error.headers);
    const problem = problemFor(error);
    if (problem.status >= 500)
      log(`api: ${request.method} ${request.routeOptions.url ?? '?'}: ${messageOf(error)}`);
    return sendProblem(reply, problem);
  };
}

function problemFor(error: FastifyError): Problem {
  if (error instanceof Refusal) return problemOf(error.status, error.code, error.message);
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error);
  if (error instanceof HarnessError) return broken(error);
  if (isGone(error))
    return problemOf(
      503,
      'DATABASE_GONE',
      'The database, or a table of it, is not there any more; restore it, then start the server again',
    );
  if (databaseIsAway(error))
    return problemOf(503, 'DATABASE_AWAY', 'The database does not answer; try again in a moment');
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500)
    return problemOf(500, 'INTERNAL', 'Something unforeseen happened; the server log says what');
  return problemOf(status, CODES[status] ?? 'REFUSED', error.message);
}

/** Of Postgres: no such database, schema, table, column. */
const GONE_STATES = ['3D000', '3F000', '42P01', '42703'];

function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return GONE_STATES.some((state) => hasCode(error, state)) || isGone(error.cause);
}

const CODES: Readonly<Record<number, string>> = {
  400: 'REQUEST_INVALID',
  404: 'NOT_FOUND',
  413: 'TOO_LARGE',
  415: 'NOT_JSON',
  429: 'TOO_MANY',
};

function broken(error: HarnessError): Problem {
  const tracker = error.code.startsWith('TRACKER_') ? 502 : undefined;
  const status = STATUSES[error.code] ?? tracker ?? (error.exit === 2 ? 422 : 500);
  return problemOf(status, error.code, error.message);
}

function invalid(error: FastifyError): Problem {
  const issues = (error.validation ?? []).map(({ instancePath, message = 'is not valid' }) => ({
    path: `${error.validationContext ?? 'request'}${instancePath}`,
    message,
  }));
  const first = issues[0];
  const detail =
    first === undefined ? 'The request is not valid' : `${first.path}: ${first.message}`;
  return { ...problemOf(400, 'REQUEST_INVALID', detail), errors: issues };
}
