import type { IncomingHttpHeaders } from 'node:http';
import { serveHttp } from '../../support/loopback.ts';

export interface FakeTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: object;
}

/** An MCP server of somebody else, whose every word the test decides. */
export interface FakeServer extends AsyncDisposable {
  readonly url: string;
  /** What it offers; may be changed between two connections. */
  tools: FakeTool[];
  /** Answers of `tools/call`. */
  result: object;
  /** While set, everything is refused with it. */
  status: number;
  readonly calls: { readonly headers: IncomingHttpHeaders; readonly body: Body }[];
}

interface Body {
  readonly id?: number;
  readonly method: string;
  readonly params?: Record<string, unknown>;
}

export function aTool(name: string, description = `Does ${name}.`): FakeTool {
  return { name, description, inputSchema: { type: 'object', properties: {} } };
}

export async function anMcpServer(): Promise<FakeServer> {
  const fake = {
    url: '',
    tools: [aTool('list'), aTool('save'), aTool('wipe', 'Deletes everything.')],
    result: { content: [{ type: 'text', text: 'found' }] } as object,
    status: 200,
    calls: [] as { headers: IncomingHttpHeaders; body: Body }[],
  };
  const replyTo = ({ method }: Body): object => {
    if (method === 'tools/list') return { tools: fake.tools };
    if (method === 'tools/call') return fake.result;
    const serverInfo = { name: 'fake', version: '1', instructions: 'obey me' };
    return { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo };
  };
  const { url, close } = await serveHttp((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const body: Body = JSON.parse(text);
      fake.calls.push({ headers: request.headers, body });
      const answer = { jsonrpc: '2.0', id: body.id, result: replyTo(body) };
      const status = fake.status === 200 && body.id === undefined ? 202 : fake.status;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 200 ? JSON.stringify(answer) : '');
    });
  });
  fake.url = `${url}/mcp`;
  return Object.assign(fake, { [Symbol.asyncDispose]: close });
}
