import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { DEFAULT_MODEL } from './config/models.ts';
import { HarnessError, messageOf } from './domain/errors.ts';
import { listenOnLoopback, listenOnSocket } from './gateway/listen.ts';
import { streamed } from './gateway/message-stream.ts';
import type { ContentBlock, ModelMessage } from './gateway/model-message.ts';
import { WIRE_URL, type Box } from './safety/box.ts';
import type { Agent, SessionEvent, SessionOrder } from './sessions/agent.ts';

export interface DenyProofOrder {
  readonly agent: Agent;
  /** Changes with everything that the proof is about. */
  readonly mark: string;
  readonly box: Box;
  /** Folders of the agent's program, readable in the box. */
  readonly agentFolders: readonly string[];
  /** The data folder, where a proof is remembered. */
  readonly home: string;
  /** Short: a socket is made in it. */
  readonly folder: string;
}

/** Far above the second or two that it takes. */
const PATIENCE_MS = 60_000;

/**
 * Proves with the real program that a tool call which our hooks deny is not carried out, and that
 * one they don't deny is: versions of it have skipped hooks. Once for each program and its settings; then
 * it is remembered. Throws `DENY_UNPROVED` (exit 5): no session without it.
 */
export async function proveDeny(order: DenyProofOrder): Promise<void> {
  const proof = join(order.home, 'proofs', `deny-${order.box.driver}-${order.mark}`);
  if (await exists(proof)) return;
  const fault = await trial(order).catch(messageOf);
  if (fault !== null)
    throw new HarnessError(
      'DENY_UNPROVED',
      `It could not be proved that the agent's program stops where a hook tells it to, so no session is started: ${fault}. Install the version this harness was made for (\`npm ci\`), then try again`,
      { exit: 5 },
    );
  await mkdir(join(order.home, 'proofs'), { recursive: true, mode: 0o700 });
  await writeFile(proof, '', { mode: 0o600 });
}

/** Why the proof failed; null: it holds. */
async function trial(order: DenyProofOrder): Promise<string | null> {
  await using cleaning = new AsyncDisposableStack();
  const root = await realpath(await mkdtemp(join(order.folder, 'd-')));
  cleaning.defer(() => rm(root, { recursive: true, force: true, maxRetries: 3 }));
  const [workspace, configDir] = [join(root, 'workspace'), join(root, 'config')];
  for (const folder of [join(workspace, '.git'), configDir])
    await mkdir(folder, { recursive: true });
  // Inside the workspace, so that the hook alone stands in the way of both.
  const [open, closed] = [join(workspace, 'open.txt'), join(workspace, '.git', 'closed.txt')];
  const server = createServer((request, response) => {
    text(request)
      .then((body) => answer(body, response, [open, closed]))
      .catch(() => response.destroy());
  });
  const sealed = order.box.driver === 'bwrap';
  const socket = sealed ? await listenOnSocket(server, join(root, 'wire', 's')) : null;
  const baseUrl = sealed ? WIRE_URL : await listenOnLoopback(server);
  cleaning.defer(() => close(server));
  const session = sessionOrder(order, { workspace, configDir, socket, baseUrl });
  const events: SessionEvent[] = [];
  for await (const event of order.agent.run(session, AbortSignal.timeout(PATIENCE_MS)))
    events.push(event);
  return faultOf(events, { open: await exists(open), closed: await exists(closed) });
}

function faultOf(
  events: readonly SessionEvent[],
  made: { readonly open: boolean; readonly closed: boolean },
): string | null {
  if (made.closed) return 'a denied tool call was carried out';
  const end = events.findLast((event) => event.type === 'ended')?.end;
  if (end?.status !== 'completed')
    return end !== undefined && 'reason' in end ? end.reason : 'its session did not end';
  if (!made.open) return 'a tool call that nothing denied was not carried out';
  const failed = events.filter((event) => event.type === 'tool_ended' && event.failed);
  return failed.length === 1 ? null : `${failed.length} of its tool calls failed instead of one`;
}

interface Trial {
  readonly workspace: string;
  readonly configDir: string;
  readonly socket: string | null;
  readonly baseUrl: string;
}

function sessionOrder({ box, agentFolders }: DenyProofOrder, at: Trial): SessionOrder {
  const { workspace, configDir, socket, baseUrl } = at;
  return {
    sessionId: randomUUID(),
    prompt: 'Write two files.',
    systemPrompt: 'You write files.',
    model: DEFAULT_MODEL,
    tools: ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash'],
    hostTools: [],
    boxServers: [],
    workspace,
    configDir,
    wire: { baseUrl, token: 'of-no-worth', kind: 'api_key', env: {}, servers: [] },
    spawn: ({ command, args, cwd, env, signal }) =>
      box.spawn({
        command: [command, ...args],
        cwd,
        writable: [workspace, configDir],
        readable: agentFolders,
        env,
        socket,
        stdin: 'pipe',
        signal,
      }),
    outputSchema: null,
  };
}

/** The script of the trial: both calls in one answer, then the end. */
function answer(body: string, response: ServerResponse, paths: readonly string[]): void {
  const over = body.includes('"tool_result"');
  const calls = paths.map((file_path, at): ContentBlock => ({
    type: 'tool_use',
    id: `toolu_${at}`,
    name: 'Write',
    input: { file_path, content: 'written\n' },
  }));
  const message: ModelMessage = {
    id: `msg_${over ? 2 : 1}`,
    type: 'message',
    role: 'assistant',
    model: DEFAULT_MODEL,
    content: over ? [{ type: 'text', text: 'Done.' }] : calls,
    stop_reason: over ? 'end_turn' : 'tool_use',
    stop_sequence: null,
    usage: {
      input_tokens: 1,
      output_tokens: 1,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    },
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(streamed(message));
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
