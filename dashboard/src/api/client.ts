import type { Problem } from '../../../src/server/contract.ts';
import { madePlain } from '../show/plain.ts';

/** An answer that is no success; `status` 0: there was no answer at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Client {
  /** Reads. Throws ApiProblem. */
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  /** Acts, once: a repeated delivery of the same request does nothing more. Throws ApiProblem. */
  send<T>(method: 'POST' | 'PATCH', path: string, body: object): Promise<T>;
  /** Opens a stream of events. */
  stream(path: string, after: string | null, signal: AbortSignal): Promise<Response>;
}

export interface ClientOrder {
  /** Where the API is: `/v1`, or an absolute address. */
  readonly base: string;
  /** Null: the server asks for none. */
  readonly token: string | null;
  readonly fetch: typeof globalThis.fetch;
  readonly newKey: () => string;
}

/** Talks to the server that served the page, with the token as a bearer header and no cookie. */
export function createClient({ base, token, fetch, newKey }: ClientOrder): Client {
  const bearer: Record<string, string> =
    token === null || token === '' ? {} : { authorization: `Bearer ${token}` };
  async function ask<T>(path: string, init: RequestInit): Promise<T> {
    const headers = { ...bearer, accept: 'application/json', ...asRecord(init.headers) };
    const order: RequestInit = { ...init, headers, credentials: 'omit', cache: 'no-store' };
    const response = await fetch(base + path, order).catch((error: unknown) => {
      if (init.signal?.aborted === true) throw error;
      throw away();
    });
    if (!response.ok) throw await problemOf(response);
    const keep = WITH_DOCUMENTS.test(path) ? 'text' : undefined;
    // The schemas of the contract stand at the server's door: what it says is of their types.
    const body: T = JSON.parse(await response.text(), madePlain(keep));
    return body;
  }
  return {
    get: (path, signal) => ask(path, signal === undefined ? {} : { signal }),
    send: (method, path, body) =>
      ask(path, {
        method,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', 'idempotency-key': newKey() },
      }),
    stream: (path, after, signal) =>
      fetch(base + path, {
        signal,
        credentials: 'omit',
        cache: 'no-store',
        headers: {
          ...bearer,
          accept: 'text/event-stream',
          ...(after === null ? {} : { 'last-event-id': after }),
        },
      }),
  };
}

/** Where documents come as they are, since a person may edit and send them back. */
const WITH_DOCUMENTS = /\/(?:board|documents|approvals)$/u;

function asRecord(headers: HeadersInit | undefined): Record<string, string> {
  return Object.fromEntries(new Headers(headers));
}

function away(): ApiProblem {
  return new ApiProblem(
    0,
    'SERVER_AWAY',
    'The server does not answer. Start it again with `harness serve`; the page goes on by itself.',
  );
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  const problem = parsed(text);
  const detail = problem?.detail ?? problem?.title ?? `The server answered ${response.status}.`;
  return new ApiProblem(response.status, problem?.code ?? 'UNKNOWN', detail);
}

/** Whatever stands between may answer with something else than a problem. */
function parsed(text: string): Partial<Problem> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
