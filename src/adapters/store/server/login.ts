import { Client, type ClientConfig } from 'pg';
import { HarnessError } from '../../../domain/errors.ts';

/** A connection that its taker closes, or the reason for none. */
export type Login =
  | { readonly status: 'in'; readonly client: Client }
  /** `reason` is the server's or the system's word, never with a password. */
  | { readonly status: 'refused'; readonly code: string; readonly reason: string };

/** Logs in, or says why not, within `seconds`. A connection lost later is never an uncaught error. */
export async function login(config: ClientConfig, seconds: number): Promise<Login> {
  const client = new Client({ ...config, connectionTimeoutMillis: seconds * 1_000 });
  client.on('error', () => {
    // The next query on it rejects; that is where somebody can decide.
  });
  try {
    await client.connect();
    return { status: 'in', client };
  } catch (error) {
    await client.end().catch(() => false);
    return { status: 'refused', ...reasonOf(error) };
  }
}

/** A refused connection to a name with two addresses is an AggregateError without a message. */
function reasonOf(error: unknown): { readonly code: string; readonly reason: string } {
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return { code, reason: cause instanceof Error ? cause.message : 'no reason given' };
}

/** `host:port` of a connection address, the only part of it that may be shown. */
export function shownAddress(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname === '' ? 'localhost' : hostname}:${port === '' ? '5432' : port}`;
}

/** The error of a server that cannot be used; exit 2: what names it is the operator's configuration. */
export function unreachable(address: string, reason: string): HarnessError {
  return new HarnessError(
    'DATABASE_UNREACHABLE',
    `the Postgres server at ${address} cannot be used (${reason}); start it, or correct DATABASE_URL`,
    { exit: 2 },
  );
}
