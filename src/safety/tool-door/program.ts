import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { DescribedTool, DoorSpec } from './spec.ts';

/*
 * Runs in the box, between the agent's CLI and an MCP server that talks over standard streams. The CLI
 * sees the agreed tools in their agreed words and nothing else of the server, which is started with
 * an environment of its own when a tool is called first. It imports nothing of ours: a box is shown this file alone.
 */

type Json = Readonly<Record<string, unknown>>;

/** Longest message of a server; a screenshot has a few hundred KB. */
const MAX_LINE = 12 * 1024 ** 2;
const START_MS = 30_000;
const MAX_PAGES = 20;
const MAX_IMAGES = 200;
/** Characters of what a server wrote last before it ended. */
const MAX_COMPLAINT = 600;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(line: string): Json {
  try {
    const value: unknown = JSON.parse(line);
    return isJson(value) ? value : {};
  } catch {
    return {}; // Servers write more than messages there.
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Lines as they come; `tooLong` ends it. */
function eachLine(from: Readable, take: (line: string) => void, tooLong: () => void): void {
  let rest = '';
  from.setEncoding('utf8').on('data', (text: string) => {
    rest += text;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) tooLong();
    for (const line of lines) take(line);
  });
}

interface Server {
  ask(method: string, params: Json): Promise<Json>;
  tell(method: string, params: Json): void;
  close(): void;
}

/** Starts the server; every question is answered, at the latest when the server has ended. */
function start({ name, command: [program = '', ...args], env, folder }: DoorSpec): Server {
  if (folder !== null) mkdirSync(folder, { recursive: true });
  const where = folder === null ? {} : { cwd: folder };
  const child = spawn(program, args, { env, ...where, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-MAX_COMPLAINT);
  });
  const waiting = new Map<unknown, (answer: Json) => void>();
  let next = 0;
  const send = (message: Json): void =>
    void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const end = (why: string): void => {
    child.kill('SIGKILL');
    for (const answer of waiting.values()) answer({ error: { code: -32000, message: why } });
    waiting.clear();
  };
  const take = (line: string): void => {
    const { id, method, result, error } = parsed(line);
    if (method === undefined) waiting.get(id)?.(error === undefined ? { result } : { error });
    if (method === undefined) waiting.delete(id);
    // What it asks of us, beyond a sign of life, is nothing that was agreed to.
    else if (id !== undefined && method === 'ping') send({ id, result: {} });
    else if (id !== undefined) send({ id, error: { code: -32601, message: 'not offered here' } });
  };
  eachLine(child.stdout, take, () => end(`${name} sent more than ${MAX_LINE} bytes at once`));
  child.stdin.on('error', () => end(`${name} does not listen`));
  child.on('error', (error) => end(`${name} could not be started: ${error.message}`));
  const ended = (): void => end(`${name} has ended: ${complaint.trim()}`);
  child.on('close', ended);
  // What it started may hold its streams open.
  child.on('exit', () => setTimeout(ended, 500).unref());
  return {
    ask: (method, params) =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null)
          return resolve({ error: { code: -32000, message: `${name} has ended` } });
        next += 1;
        waiting.set(next, resolve);
        send({ id: next, method, params });
      }),
    tell: (method, params) => send({ method, params }),
    close() {
      // A browser's server closes its browser when its input ends.
      child.stdin.end();
      setTimeout(() => end(`${name} was closed`), 3000).unref();
    },
  };
}

function resultOf(answer: Json): Json {
  if (isJson(answer['result'])) return answer['result'];
  const { error } = answer;
  throw new Error(isJson(error) ? String(error['message']) : 'it gave no result');
}

/** Introduces us, and gives everything that the server offers. */
async function offered(server: Server): Promise<readonly DescribedTool[]> {
  const clientInfo = { name: 'harness', version: '1' };
  const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  resultOf(await server.ask('initialize', hello));
  server.tell('notifications/initialized', {});
  const tools: DescribedTool[] = [];
  let cursor: unknown;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const listed = resultOf(await server.ask('tools/list', cursor === undefined ? {} : { cursor }));
    for (const tool of listOf(listed['tools']).filter(isJson)) tools.push(described(tool));
    cursor = listed['nextCursor'];
    if (cursor === undefined) break;
  }
  return tools;
}

function described({ name, description, inputSchema }: Json): DescribedTool {
  // The dialect of a schema tells a model nothing, and each session would pay for it.
  const { $schema: _, ...schema } = isJson(inputSchema) ? inputSchema : { type: 'object' };
  return {
    name: String(name),
    description: typeof description === 'string' ? description : '',
    inputSchema: schema,
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it did not start in time')), START_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The server once it has shown that it is what was agreed to. */
async function opened(spec: DoorSpec, agreed: readonly DescribedTool[]): Promise<Server> {
  const server = start(spec);
  const now = new Map((await inTime(offered(server))).map((tool) => [tool.name, tool]));
  const changed = agreed.filter(
    (tool) => JSON.stringify(now.get(tool.name)) !== JSON.stringify(tool),
  );
  if (changed.length === 0) return server;
  server.close();
  const names = changed.map(({ name }) => name).join(', ');
  throw new Error(
    `MCP_CHANGED: it describes ${names} in another way than was agreed to, so nothing of it can be used`,
  );
}

const output = createWriteStream('', { fd: 1 });

function say(message: Json): void {
  output.write(`${JSON.stringify(message)}\n`);
}

/** What the tools of a server are called with, and what they gave. */
function createCaller(spec: DoorSpec, agreed: readonly DescribedTool[]) {
  let server: Promise<Server> | undefined;

  function keepImages(folder: string, result: Json): void {
    for (const { type, data } of listOf(result['content']).filter(isJson)) {
      if (type !== 'image' || typeof data !== 'string') continue;
      mkdirSync(folder, { recursive: true });
      // A session that goes on has some already.
      const number = readdirSync(folder).length + 1;
      if (number > MAX_IMAGES) return;
      writeFileSync(join(folder, `${spec.name}-${number}`), Buffer.from(data, 'base64'));
    }
  }

  return {
    async call(params: Json): Promise<Json> {
      const { name, arguments: input = {} } = params;
      if (!agreed.some((tool) => tool.name === name))
        return { error: { code: -32602, message: `${String(name)} is not one of your tools.` } };
      try {
        server ??= opened(spec, agreed);
        const answer = await (await server).ask('tools/call', { name, arguments: input });
        const { result } = answer;
        if (spec.images !== null && isJson(result)) keepImages(spec.images, result);
        return answer;
      } catch (error) {
        const text = `${spec.name}: ${error instanceof Error ? error.message : String(error)}`;
        return { result: { content: [{ type: 'text', text }], isError: true } };
      }
    },
    async close(): Promise<void> {
      (await server?.catch(() => undefined))?.close();
    },
  };
}

/** Speaks tools only, in which all versions of the protocol agree. */
function serve(spec: DoorSpec, agreed: readonly DescribedTool[]): void {
  const caller = createCaller(spec, agreed);
  const replyTo = async (method: unknown, params: Json): Promise<Json> => {
    switch (method) {
      case 'initialize': {
        const { protocolVersion } = params;
        const serverInfo = { name: spec.name, version: '1' };
        return { result: { protocolVersion, capabilities: { tools: {} }, serverInfo } };
      }
      case 'ping':
        return { result: {} };
      case 'tools/list':
        return { result: { tools: agreed } };
      case 'tools/call':
        return caller.call(params);
      default:
        return { error: { code: -32601, message: 'Only tools are offered here.' } };
    }
  };
  const take = async (line: string): Promise<void> => {
    const { id, method, params } = parsed(line);
    if (id === undefined || method === undefined) return;
    say({ jsonrpc: '2.0', id, ...(await replyTo(method, isJson(params) ? params : {})) });
  };
  eachLine(
    process.stdin,
    (line) => void take(line),
    () => process.stdin.destroy(),
  );
  process.stdin.once('close', () => void caller.close());
}

/** Tells all that the server offers, in one line. */
async function list(spec: DoorSpec): Promise<void> {
  const server = start(spec);
  try {
    say({ tools: await inTime(offered(server)) });
  } catch (error) {
    say({ fault: error instanceof Error ? error.message : String(error) });
  } finally {
    server.close();
  }
}

const spec: DoorSpec = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
if (spec.tools === null) await list(spec);
else serve(spec, spec.tools);
