import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { HarnessEvent, Subject } from '../../domain/event.ts';
import { HarnessError, messageOf } from '../../domain/errors.ts';
import { credentialsIn } from '../../safety/credentials-in.ts';
import { redactorOf } from '../../safety/redact.ts';
import { parseJson } from '../json.ts';
import { nameTaken } from './name-taken.ts';
import type { Pins } from './pins.ts';
import { connectMcp } from './upstream.ts';
import type { McpServer, McpUpstream, OfferedTool } from './upstream.ts';

/** What the operator lets sessions of this process use. */
export interface McpSettings {
  readonly servers: readonly McpServer[];
  readonly pins: Pins;
  /** What the harness itself adds for one session. */
  readonly own?: (order: McpOrder) => Promise<readonly OwnServer[]>;
}

/** A server that the harness adds to a session: what it offers is what the session may call. */
export interface OwnServer {
  readonly name: string;
  /** Taken out of everything that it gives. */
  readonly secrets: readonly string[];
  /** @throws HarnessError MCP_UNAVAILABLE */
  connect(): Promise<McpUpstream>;
}

/** Whose calls of MCP servers. */
export interface McpOrder {
  readonly runId: string;
  readonly subject: Subject;
  /** Keeps a fact of the session. Never throws. */
  readonly note: (event: HarnessEvent) => Promise<void>;
}

/** The MCP servers of one session, as it sees them. */
export interface McpDoor {
  readonly servers: readonly { readonly name: string; readonly tools: readonly string[] }[];
  /** Whether a path of the wire is one of theirs: `/mcp/NAME`. */
  knows(path: string): boolean;
  /** Answers one message of a client that holds the token. */
  answer(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** A server as one session may use it. */
interface Room {
  readonly name: string;
  /** What the operator can do about a tool that is not offered. */
  readonly remedy: string;
  readonly upstream: McpUpstream;
  readonly tools: readonly OfferedTool[];
  /** Takes the operator's credential out of a text. */
  readonly redact: (text: string) => string;
}

const MAX_BODY_BYTES = 1024 ** 2;

/**
 * Connects to the servers of a session's phase, and sees that they offer what was agreed to.
 * @throws HarnessError MCP_UNAVAILABLE, MCP_TOOL_MISSING, MCP_CHANGED; MCP_NAME_TAKEN (exit 2)
 */
export async function openMcp(settings: McpSettings, order: McpOrder): Promise<McpDoor> {
  const wanted = settings.servers.filter(({ phases }) => phases.includes(order.subject.phase));
  await using opening = new AsyncDisposableStack();
  const rooms = new Map<string, Room>();
  const open = (room: Room): void => {
    opening.defer(() => room.upstream.close());
    rooms.set(`/mcp/${room.name}`, room);
  };
  for (const own of (await settings.own?.(order)) ?? []) open(await ownRoom(own));
  for (const server of wanted) {
    if (rooms.has(`/mcp/${server.name}`)) throw nameTaken(server.name);
    open(await roomOf(server, settings.pins));
  }
  const opened = opening.move();
  const refused = new Set<string>();
  return {
    servers: [...rooms.values()].map(({ name, tools }) => ({
      name,
      tools: tools.map((tool) => tool.name),
    })),
    knows: (path) => rooms.has(path),
    async answer(request, response, signal) {
      const room = rooms.get(request.url ?? '');
      if (room === undefined || request.method !== 'POST') return end(response, 405);
      const message = await readMessage(request);
      if (message === undefined) return end(response, 400);
      if (message.id === undefined) return end(response, 202);
      const { method, id } = message;
      const visit = { room, order, refused, message: { ...message, method, id }, signal };
      const reply = { jsonrpc: '2.0', id, ...(await replyTo(visit)) };
      end(response, 200, JSON.stringify(reply));
    },
    close: () => opened.disposeAsync(),
  };
}

async function roomOf(server: McpServer, pins: Pins): Promise<Room> {
  const { name } = server;
  const upstream = await connectMcp(server);
  try {
    const tools = server.tools.map((tool) => toolOf(server, upstream, tool));
    await pins.check(server, tools);
    const redact = redactorOf(Object.values(server.headers).flatMap(credentialsIn));
    return {
      name,
      upstream,
      tools,
      redact,
      remedy: `; the operator can list it: mcp.${name}.tools`,
    };
  } catch (error) {
    await upstream.close();
    throw error;
  }
}

async function ownRoom(own: OwnServer): Promise<Room> {
  const { name, secrets } = own;
  const upstream = await own.connect();
  return { name, upstream, tools: upstream.tools, redact: redactorOf(secrets), remedy: '' };
}

function toolOf({ name: server }: McpServer, upstream: McpUpstream, name: string): OfferedTool {
  const offered = upstream.tools.filter((tool) => tool.name === name);
  const [tool] = offered;
  if (tool !== undefined && offered.length === 1) return tool;
  const names = upstream.tools.map((one) => one.name).slice(0, 50);
  throw new HarnessError(
    'MCP_TOOL_MISSING',
    `The MCP server ${server} offers no tool ${name}, which mcp.${server}.tools lists; it offers ${names.join(', ') || 'none'}.`,
  );
}

const Message = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(200), z.int()]).optional(),
  method: z.string().max(200),
  params: z.record(z.string(), z.unknown()).optional(),
});

type Asked = z.infer<typeof Message> & { readonly id: string | number };

/** One message, never several: a batch is no part of the protocol any more. */
async function readMessage(request: IncomingMessage): Promise<z.infer<typeof Message> | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) return undefined;
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Message.safeParse(parseJson(Buffer.concat(chunks).toString('utf8'))).data;
}

interface Visit {
  readonly room: Room;
  readonly order: McpOrder;
  /** Tools whose refusal is on record. */
  readonly refused: Set<string>;
  readonly message: Asked;
  readonly signal: AbortSignal;
}

type Reply =
  | { readonly result: Readonly<Record<string, unknown>> }
  | { readonly error: { readonly code: number; readonly message: string } };

const Initialize = z.object({ protocolVersion: z.string().max(40) });

async function replyTo(visit: Visit): Promise<Reply> {
  const { message, room } = visit;
  switch (message.method) {
    case 'initialize': {
      // We speak tools only, in which all versions agree.
      const { protocolVersion } = Initialize.parse(message.params ?? {});
      const serverInfo = { name: room.name, version: '1' };
      return { result: { protocolVersion, capabilities: { tools: {} }, serverInfo } };
    }
    case 'ping':
      return { result: {} };
    case 'tools/list':
      return { result: { tools: room.tools } };
    case 'tools/call':
      return callTool(visit);
    default:
      return { error: { code: -32601, message: 'The gateway forwards tools only.' } };
  }
}

const Call = z.object({
  name: z.string().max(200),
  arguments: z.record(z.string(), z.unknown()).default({}),
});

async function callTool({ room, order, refused, message, signal }: Visit): Promise<Reply> {
  const { name: server, upstream, redact, remedy } = room;
  const call = Call.safeParse(message.params);
  if (!call.success) return { error: { code: -32602, message: 'This is no call of a tool.' } };
  const { name: tool, arguments: input } = call.data;
  if (!room.tools.some((one) => one.name === tool)) {
    const key = `${server} ${tool}`;
    if (refused.size < MAX_REFUSED && !refused.has(key))
      await order.note({ type: 'mcp.refused', subject: order.subject, server, tool });
    refused.add(key);
    const text = `${tool} is not a tool that this session may call${remedy}`;
    return { error: { code: -32602, message: text } };
  }
  try {
    return { result: withoutCredential(await upstream.call({ tool, input, signal }), redact) };
  } catch (error) {
    const text = redact(`${server} could not be asked: ${messageOf(error)}`);
    return { result: { content: [{ type: 'text', text }], isError: true } };
  }
}

/** A loop over made-up names must not fill the record. */
const MAX_REFUSED = 50;

const Result = z.record(z.string(), z.unknown());

function withoutCredential(
  result: Readonly<Record<string, unknown>>,
  redact: (text: string) => string,
): Readonly<Record<string, unknown>> {
  return Result.parse(parseJson(redact(JSON.stringify(result))));
}

function end(response: ServerResponse, status: number, body = ''): void {
  const headers = body === '' ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
