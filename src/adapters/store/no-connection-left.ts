import { HarnessError, hasCode, messageOf } from '../../domain/errors.ts';

/** Postgres: too many connections, of the server, the database or the role. */
const TOO_MANY = '53300';

/** Whether a query failed because the server lets nobody else in for now. */
export function noConnectionLeft(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return hasCode(error, TOO_MANY) || noConnectionLeft(error.cause);
}

/** What a command ends with: such an error in words that help, any other as it is. */
export function explained(error: unknown): unknown {
  if (!noConnectionLeft(error)) return error;
  const said = messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
  return new HarnessError(
    'DATABASE_FULL',
    `The database lets no more connections in (${said}); a process that works on runs takes up to ${MOST}. End other clients, or raise max_connections or the limit of this role or database; then go on with \`harness resume\``,
    { cause: error },
  );
}

/** Of the store's pool, of the engine's and of what is opened for a moment. */
const MOST = 32;
