import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMemoryTracker } from '../src/adapters/trackers/memory.ts';
import { TRACKER_SERVER } from '../src/gateway/mcp/name-taken.ts';
import { thereIn } from '../src/demo/already-there.ts';
import { guarded } from '../src/demo/guarded.ts';
import { issuesMeant } from '../src/demo/issues-meant.ts';
import { localIssues } from '../src/demo/local-issues.ts';
import { openMcp, type McpDoor } from '../src/gateway/mcp/door.ts';
import { openPins } from '../src/gateway/mcp/pins.ts';
import type { WireEnd } from '../src/sessions/agent.ts';
import { serveHttp } from '../test/support/loopback.ts';

const SUBJECT = { attempt: 'a', phase: 'implement', role: 'coder', item: 'APP-1' } as const;

/** A wire that leads to `url`, with the tracker's tools of demo mode as a coder gets them. */
export async function withTrackerTools<T>(
  url: string,
  use: (wire: Pick<WireEnd, 'baseUrl' | 'servers'>) => Promise<T>,
): Promise<T> {
  const door = await trackerDoor();
  const server = await serveHttp((request, response) => {
    answer(door, url, { request, response }).catch(() => response.destroy());
  });
  try {
    return await use({ baseUrl: server.url, servers: door.servers });
  } finally {
    await server.close();
    await door.close();
  }
}

function trackerDoor(): Promise<McpDoor> {
  const tracker = openMemoryTracker();
  const issues = localIssues({
    tracker,
    project: async () => null,
    projectId: 'local-1',
    author: 'coder',
    newId: () => 'c',
  });
  const upstream = guarded(issues, {
    rights: 'work',
    project: async () => null,
    keep: async () => undefined,
    team: async () => null,
    mark: null,
    there: { project: async () => undefined, ...thereIn(async () => tracker) },
    meant: (said) => issuesMeant(tracker, said),
  });
  const own = { name: TRACKER_SERVER, secrets: [], connect: async () => upstream };
  return openMcp(
    { servers: [], pins: openPins(join(tmpdir(), 'no-pins')), own: async () => [own] },
    { runId: 'r', subject: SUBJECT, note: async () => undefined },
  );
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(door: McpDoor, url: string, { request, response }: Exchange): Promise<void> {
  const path = request.url ?? '/';
  const { signal } = new AbortController();
  if (door.knows(path)) return door.answer(request, response, signal);
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = 'GET' } = request;
  const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
  const headers = Object.entries(request.headers).filter(
    ([name, value]) =>
      typeof value === 'string' && !/^(host|connection|content-length)$/u.test(name),
  );
  const forwarded = await fetch(`${url}${path}`, {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
    ...body,
  });
  response.writeHead(forwarded.status, {
    'content-type': forwarded.headers.get('content-type') ?? 'application/json',
  });
  response.end(Buffer.from(await forwarded.arrayBuffer()));
}
