import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { parseJson } from './json.ts';
import { isRefusal, refuse, refuseForNow } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** A call that was let in. */
export interface Asked {
  readonly model: string;
  readonly maxTokens: number;
  /** The answer comes in pieces, and can be broken off between them. */
  readonly streamed: boolean;
  /** Most searches of the web that the provider may make and charge for. */
  readonly searches: number;
  /** What goes upstream. */
  readonly body: Buffer;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Tools with these types run in the box or not at all; every other type runs at the provider, and has to be allowed by it. */
const LOCAL_TOOL = /^(?:custom|(?:bash|text_editor|computer|memory)_\d{8})$/u;

/** Fields that make the provider reach other hosts, run code, or charge by another price list. */
const REFUSED_FIELDS = ['mcp_servers', 'container', 'speed'] as const;

/** More than any model writes at once; so much would be set aside of the budget. */
const MOST_TOKENS = 256_000;

const Body = z.looseObject({
  model: z.string().min(1).max(200),
  max_tokens: z.number().int().nonnegative().catch(0),
  stream: z.boolean().nullish().catch(null),
  tools: z
    .array(
      z.looseObject({
        type: z.string().nullish(),
        max_uses: z.number().int().nonnegative().nullish().catch(null),
      }),
    )
    .nullish(),
  messages: z.array(z.looseObject({})),
});

/** What a body is read with. */
export interface Reception {
  /** Exact types of tools that the operator lets run at the provider. */
  readonly providerTools: readonly string[];
  /** A byte went by. */
  readonly touch: () => void;
  /** Takes memory for so many bytes until the call has ended; false: there is none left. */
  readonly hold: (bytes: number) => boolean;
}

const BUSY = refuseForNow(429, 'rate_limit_error', 'The calls under way are too large together.');

/**
 * Reads a Messages API request and judges it. Refuses what would let the sealed agent reach out
 * through the provider: MCP servers, tools that the provider runs, content fetched from a URL.
 */
export async function readRequest(
  request: IncomingMessage,
  reception: Reception,
): Promise<Asked | Refusal> {
  if (request.headers['content-encoding'] !== undefined)
    return invalid(415, 'Send the body without content-encoding.');
  const raw = await readCapped(request, reception);
  return isRefusal(raw) ? raw : judge(raw, reception);
}

async function readCapped(
  request: IncomingMessage,
  { touch, hold }: Reception,
): Promise<Buffer | Refusal> {
  const tooLarge = refuse(413, 'request_too_large', 'The body is larger than 32 MB.');
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) return invalid(400, 'The body is not readable.');
    touch();
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return tooLarge;
    if (!hold(chunk.length)) return BUSY;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function judge(raw: Buffer, { providerTools }: Reception): Asked | Refusal {
  const value = parse(raw);
  if (value === undefined) return invalid(400, 'The body is not JSON.');
  const parsed = Body.safeParse(value);
  if (!parsed.success) return invalid(400, 'The body is not a Messages API request.');
  const forbidden = forbiddenIn(parsed.data, providerTools);
  if (forbidden !== undefined) return invalid(400, forbidden);
  // What was judged is what is sent. For the agent CLI these are the bytes that came; for a body
  // with doubled keys, which another parser might read otherwise, they are not.
  const body = Buffer.from(JSON.stringify(value));
  const { model, max_tokens: maxTokens, stream } = parsed.data;
  return { model, maxTokens, streamed: stream === true, searches: searchesIn(parsed.data), body };
}

/** What a tool may do that says nothing of it; the agent CLI says 8. */
const UNSAID_SEARCHES = 10;

function searchesIn({ tools }: z.infer<typeof Body>): number {
  const searching = tools?.filter(({ type }) => type?.startsWith('web_search_')) ?? [];
  return searching.reduce((sum, tool) => sum + (tool.max_uses ?? UNSAID_SEARCHES), 0);
}

/** Undefined as well for what is not UTF-8: other readers may see another text in it. */
function parse(raw: Buffer): unknown {
  return isUtf8(raw) ? parseJson(raw.toString('utf8')) : undefined;
}

function forbiddenIn(body: z.infer<typeof Body>, allowed: readonly string[]): string | undefined {
  const given = REFUSED_FIELDS.find((name) => body[name] !== undefined && body[name] !== null);
  if (given !== undefined) return `The gateway does not forward ${given}.`;
  if (body.max_tokens > MOST_TOKENS) return `max_tokens is at most ${MOST_TOKENS}.`;
  const tool = body.tools?.find(
    ({ type }) => !LOCAL_TOOL.test(type ?? 'custom') && !allowed.includes(type ?? ''),
  );
  if (tool !== undefined)
    return `The gateway does not forward tools that run at the provider: ${String(tool.type).slice(0, 80)}.`;
  return body.messages.some((message) => fetchesUrl(message['content']))
    ? 'The gateway does not forward content that the provider fetches from a URL.'
    : undefined;
}

/** Looks into content blocks, tool results and documents; never into the input of a tool. */
function fetchesUrl(content: unknown): boolean {
  if (!Array.isArray(content)) return false;
  return content.some((block: unknown) => {
    const source = field(block, 'source');
    return (
      field(source, 'type') === 'url' ||
      fetchesUrl(field(source, 'content')) ||
      fetchesUrl(field(block, 'content'))
    );
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function invalid(status: number, message: string): Refusal {
  return refuse(status, 'invalid_request_error', message);
}
