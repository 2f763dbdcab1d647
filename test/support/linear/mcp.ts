import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { textOf } from './fields.ts';
import { TOOLS } from './mcp-tools.ts';
import { LinearFault } from './store.ts';
import type { Writing } from './write.ts';

/** Called before each tool, with what it was given: may refuse by throwing. */
export type BeforeCall = (tool: string, input: Readonly<Record<string, unknown>>) => void;

/** Answers one request of a client of Linear's MCP server; no session is kept between two. */
export async function answerMcp(
  deps: Writing,
  beforeCall: BeforeCall,
  exchange: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly body: unknown;
  },
): Promise<void> {
  const server = new Server({ name: 'Linear', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.entries(TOOLS).map(([name, { description, input }]) => ({
      name,
      description,
      inputSchema: { type: 'object' as const, ...z.toJSONSchema(input, { io: 'input' }) },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    try {
      beforeCall(params.name, params.arguments ?? {});
      return said(call(deps, params.name, params.arguments ?? {}));
    } catch (error) {
      if (!(error instanceof LinearFault)) throw error;
      const text = textOf(error.extensions['userPresentableMessage'] ?? error.message);
      return { ...said({ error: text }), isError: true };
    }
  });
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  exchange.response.on('close', () => void server.close());
  await server.connect(transport);
  await transport.handleRequest(exchange.request, exchange.response, exchange.body);
}

function call(deps: Writing, name: string, input: unknown): unknown {
  const tool = TOOLS[name];
  if (tool === undefined) throw new LinearFault(`Tool ${name} not found`, {});
  const given = tool.input.safeParse(input);
  if (!given.success) throw new LinearFault(`Invalid arguments: ${given.error.message}`, {});
  return tool.run(deps, given.data);
}

function said(result: unknown) {
  return { content: [{ type: 'text' as const, text: JSON.stringify(result) }] };
}
