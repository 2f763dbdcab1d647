import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { PhaseName } from '../../domain/phase.ts';
import { HarnessError, messageOf } from '../../domain/errors.ts';

/** An MCP server of the operator. */
export interface McpServer {
  readonly name: string;
  /** Speaks streamable HTTP. */
  readonly url: string;
  /** Sent with each request and seen by nobody else: the credential is among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly those that sessions may see and call. */
  readonly tools: readonly string[];
  readonly phases: readonly PhaseName[];
}

/** A tool as its server describes it: text of others, which a model will read. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** A call of a tool. */
interface McpCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** One session's connection to a server, held by the gateway. */
export interface McpUpstream {
  /** Everything that the server offers. */
  readonly tools: readonly OfferedTool[];
  /** @throws whatever the server, or the way to it, gave instead of a result */
  call(order: McpCall): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

const CONNECT_MS = 20_000;
/** Servers that search or write elsewhere take seconds; the agent CLI gives up later than this. */
const CALL_MS = 240_000;
/** Of one answer. What is longer is none that a model could read. */
const MAX_ANSWER_BYTES = 1024 ** 2;
const MAX_PAGES = 20;

/**
 * Connects to a server as a client of its own: nothing that comes from a box is passed on but the
 * names and inputs of calls, and nothing comes back but tools and results.
 * @throws HarnessError MCP_UNAVAILABLE
 */
export async function connectMcp(server: McpServer): Promise<McpUpstream> {
  // Loaded only where servers are configured: every command would pay for it.
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const { StreamableHTTPClientTransport } =
    await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const { CallToolResultSchema } = await import('@modelcontextprotocol/sdk/types.js');
  const client = new Client({ name: 'harness', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(server.url), {
    requestInit: { headers: { ...server.headers } },
    fetch: boundedFetch,
  });
  try {
    await client.connect(transport, { timeout: CONNECT_MS });
    const tools = await listAll(client);
    return {
      tools,
      call: ({ tool, input, signal }) =>
        client.request(
          { method: 'tools/call', params: { name: tool, arguments: { ...input } } },
          CallToolResultSchema,
          { timeout: CALL_MS, signal },
        ),
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw new HarnessError(
      'MCP_UNAVAILABLE',
      `MCP server connection failed: ${server.name} (${server.url}): ${messageOf(error)}. Check its address and its credential under mcp.${server.name}.`,
    );
  }
}

/** Not by the SDK's own listTools, which would compile schemas of the server's into code. */
async function listAll(client: Client): Promise<readonly OfferedTool[]> {
  const { ListToolsResultSchema } = await import('@modelcontextprotocol/sdk/types.js');
  const tools: OfferedTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const request = { method: 'tools/list' as const, params };
    const listed = await client.request(request, ListToolsResultSchema, { timeout: CONNECT_MS });
    for (const { name, description = '', inputSchema } of listed.tools)
      tools.push({ name, description, inputSchema });
    cursor = listed.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
}

/**
 * Goes to the configured address only, since the credential is for that; opens no stream on which
 * the server could speak unasked; and breaks off an answer without end.
 */
async function boundedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  if ((init?.method ?? 'GET') === 'GET') return new Response(null, { status: 405 });
  const answer = await fetch(url, { ...init, redirect: 'error' });
  const { status, statusText, headers, body } = answer;
  return new Response(body?.pipeThrough(capped()) ?? null, { status, statusText, headers });
}

function capped(): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) controller.error(new RangeError('the answer is too long'));
      else controller.enqueue(chunk);
    },
  });
}
