import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { onLoopback } from '../loopback.ts';
import { answerApi } from './api.ts';
import type { ApiDeps } from './api.ts';
import { createFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { createLimits, DOCUMENTED } from './limits.ts';
import type { LimitOrder } from './limits.ts';
import { answerMcp } from './mcp.ts';
import type { Operation } from './operation.ts';
import type { Store } from './store.ts';
import { sendWebhooks } from './webhooks.ts';
import type { WebhookOrder } from './webhooks.ts';
import { createWorkspace, STATES } from './workspace.ts';
import type { StateOrder } from './workspace.ts';

/** What every key may do; a `read` key is refused every mutation. */
type Keys = Readonly<Record<string, 'write' | 'read'>>;

/** Everything has a default: one team `ENG`, one key {@link FAKE_KEY}, Linear's documented limits. */
export interface FakeLinearOrder {
  readonly keys?: Keys;
  readonly teams?: readonly { readonly key: string; readonly name: string }[];
  /** Of each team. */
  readonly states?: readonly StateOrder[];
  /** Issues that may exist at once, as on the free plan (250); null: a paid plan. */
  readonly issueQuota?: number | null;
  readonly limits?: LimitOrder;
  readonly webhook?: WebhookOrder;
  readonly now?: () => number;
  /** Any free one by default. */
  readonly port?: number;
}

/**
 * A Linear of one's own on this machine: its GraphQL API and its MCP server over one workspace in
 * memory. What goes wrong is ordered with `faults`, what was asked is in `log`, oldest first, and what
 * is there is in `store` (`store.all('Issue')`), where a test may also change it as a person would.
 */
export interface FakeLinear extends AsyncDisposable {
  /** For `LINEAR_API_URL`; the key goes raw, or as a bearer, into `authorization`. */
  readonly apiUrl: string;
  /** For `LINEAR_MCP_URL`: streamable HTTP, the key as a bearer. */
  readonly mcpUrl: string;
  readonly log: readonly Operation[];
  readonly store: Store;
  readonly faults: Faults;
  /** Takes what is left of the hour's requests and points. */
  drainLimits(): void;
  /** All webhooks sent until now are answered, or given up. */
  webhooksSettled(): Promise<void>;
  close(): Promise<void>;
}

export const FAKE_KEY = 'lin_api_fake0000000000000000000000000000';

/** Limits that no test meets. */
export const NO_LIMITS: LimitOrder = { requests: 1e9, points: 1e12, windowMs: 3_600_000 };

export async function startFakeLinear(order: FakeLinearOrder = {}): Promise<FakeLinear> {
  const now = order.now ?? (() => Date.now());
  const teams = order.teams ?? [{ key: 'ENG', name: 'Engineering' }];
  const { store, viewerId } = createWorkspace({ now, teams, states: order.states ?? STATES });
  const log: Operation[] = [];
  const faults = createFaults();
  const limits = createLimits(order.limits ?? DOCUMENTED, now);
  const deps: ApiDeps = {
    store,
    viewerId,
    issueQuota: order.issueQuota ?? null,
    log,
    faults,
    limits,
    keys: order.keys ?? { [FAKE_KEY]: 'write' },
  };
  const webhooks = order.webhook && sendWebhooks(store, order.webhook, now);
  const server = createServer((request, response) => {
    handle(deps, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const { url, close } = await onLoopback(server, order.port);
  return {
    apiUrl: `${url}/graphql`,
    mcpUrl: `${url}/mcp`,
    log,
    store,
    faults,
    drainLimits: () => limits.drain(),
    webhooksSettled: async () => webhooks?.settled(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function handle(
  deps: ApiDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  if (request.url?.startsWith('/graphql') === true)
    return answerApi(deps, { request, response, text });
  if (request.url?.startsWith('/mcp') === true) return handleMcp(deps, { request, response, text });
  response.writeHead(404).end();
}

async function handleMcp(
  deps: ApiDeps,
  exchange: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly text: string;
  },
): Promise<void> {
  const { request, response, text } = exchange;
  const key = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  const scope = deps.keys[key];
  if (scope === undefined || !request.headers.authorization?.startsWith('Bearer ')) {
    response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('{"error":"invalid_token"}');
    return;
  }
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  const before = (name: string, variables: Readonly<Record<string, unknown>>): void => {
    deps.log.push({ via: 'mcp', fields: [name], variables, points: 0, outcome: 'ok' });
  };
  await answerMcp(deps, before, { request, response, body });
}
