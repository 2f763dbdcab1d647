import { HarnessError } from '../../domain/errors.ts';
import type { Box } from '../../safety/box.ts';
import { stripControls } from '../../safety/strip-controls.ts';
import { DOOR, listTools, type Listing } from '../../safety/tool-door/list-tools.ts';
import type { DescribedTool } from '../../safety/tool-door/spec.ts';
import { writeSpec } from '../../safety/tool-door/write-spec.ts';
import type { BoxServer } from '../../sessions/agent.ts';
import type { Pins } from './pins.ts';

/** An MCP server that runs in the box of a session. */
export interface ToolServer {
  readonly name: string;
  /** What it is and of which version: its words are pinned for this one. */
  readonly identity: string;
  /** The program and its arguments, as the box sees them. */
  readonly command: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Exactly those that sessions may see and call. */
  readonly tools: readonly string[];
  /** Paths that it needs to see. */
  readonly readable: readonly string[];
  /** Folder that it works in; null: the session's. */
  readonly folder: string | null;
  /** Folder in which images of its results are to be kept; null: it does that itself. */
  readonly images: string | null;
  /** Whether it is a part of this package: then it is asked for its words once, not for each session. */
  readonly own: boolean;
}

export interface BoxServersOrder {
  readonly servers: readonly ToolServer[];
  readonly box: Box;
  readonly pins: Pins;
  /** Private folder that the session's box can only read. */
  readonly folder: string;
  /** What servers of our own said in this process. */
  readonly heard: Map<string, Listing>;
}

/** What a session gets of them. */
export interface SessionTools {
  readonly servers: readonly BoxServer[];
  /** Paths to be shown in its box. */
  readonly readable: readonly string[];
}

export const NO_TOOLS: SessionTools = Object.freeze({ servers: [], readable: [] });

/**
 * Sees that each server offers what was agreed to, by a sealed run of its own, and lays out how the
 * agent's CLI starts it.
 * @throws HarnessError MCP_UNAVAILABLE, MCP_TOOL_MISSING, MCP_CHANGED
 */
export async function openBoxServers(order: BoxServersOrder): Promise<SessionTools> {
  const servers: BoxServer[] = [];
  for (const server of order.servers) {
    const tools = await agreedTools(server, order);
    const { name, command, env, folder, images } = server;
    const spec = await writeSpec(order.folder, { name, command, env, folder, tools, images });
    servers.push({ name, command: ['node', DOOR, spec], tools: server.tools });
  }
  if (servers.length === 0) return NO_TOOLS;
  const readable = order.servers.flatMap((server) => server.readable);
  return { servers, readable: [...new Set([DOOR, ...readable])] };
}

async function agreedTools(
  server: ToolServer,
  order: BoxServersOrder,
): Promise<readonly DescribedTool[]> {
  const { name, identity } = server;
  const listing = await listingOf(server, order);
  if ('fault' in listing)
    throw new HarnessError(
      'MCP_UNAVAILABLE',
      `The MCP server ${name} (${identity}) could not be asked for its tools in a box: ${stripControls(listing.fault)}. Check its arguments and variables under mcp.${name}.`,
    );
  const tools = server.tools.map((wanted) => toolOf(server, listing.tools, wanted));
  await order.pins.check({ name, url: identity }, tools);
  return tools;
}

async function listingOf(
  server: ToolServer,
  { box, folder, heard }: BoxServersOrder,
): Promise<Listing> {
  const { identity, readable } = server;
  const known = server.own ? heard.get(identity) : undefined;
  const listing = known ?? (await listTools({ box, server, readable, folder }));
  if ('tools' in listing) heard.set(identity, listing);
  return listing;
}

function toolOf(
  { name: server }: ToolServer,
  offered: readonly DescribedTool[],
  wanted: string,
): DescribedTool {
  const found = offered.filter(({ name }) => name === wanted);
  const [tool] = found;
  if (tool !== undefined && found.length === 1) return tool;
  const names = offered.map(({ name }) => name).slice(0, 50);
  throw new HarnessError(
    'MCP_TOOL_MISSING',
    `The MCP server ${server} offers no tool ${wanted}, which mcp.${server}.tools lists; it offers ${names.join(', ') || 'none'}.`,
  );
}
