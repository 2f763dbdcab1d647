import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClaudeAgent } from '../../src/adapters/agents/claude/claude-agent.ts';
import { claudeExecutable } from '../../src/adapters/agents/claude/executable.ts';
import type {
  Agent,
  HostTool,
  SessionEnd,
  SessionEvent,
  SessionOrder,
} from '../../src/sessions/agent.ts';
import { z } from 'zod';
import { hasCode } from '../../src/domain/errors.ts';
import { WIRE_PORT } from '../../src/safety/box.ts';
import { createPolicy } from '../../src/safety/policy/extra-commands.ts';
import { sessionBash } from '../../src/safety/session-bash.ts';
import { sessionFence } from '../../src/safety/fence/session-fence.ts';
import { SYSTEM_PATH, aBox, unsealable } from '../safety/a-box.ts';
import { anOrder } from './an-order.ts';
import { startMessagesServer } from './messages-server.ts';
import type { MessagesServer, Script } from './messages-server.ts';

const POLICY = createPolicy({ profile: 'standard', extraCommands: [] });

export type Sealing = 'sealed' | 'unsealed';

/** Sealed wherever this machine can. */
export const USUAL: Sealing = unsealable === undefined ? 'sealed' : 'unsealed';

/** The real SDK and CLI in front of a scripted Messages API. */
export interface Rig extends AsyncDisposable {
  readonly server: MessagesServer;
  readonly workspace: string;
  /** The newest process that a session has started. */
  child(): ChildProcess;
  order(changes?: Partial<SessionOrder>): SessionOrder;
  /** The session as it goes, of the agent with the harness's own judges. */
  stream(order: SessionOrder, signal: AbortSignal): AsyncIterable<SessionEvent>;
  run(
    order: SessionOrder,
    watch?: { readonly signal?: AbortSignal; readonly onEvent?: (event: SessionEvent) => void },
  ): Promise<{ readonly events: readonly SessionEvent[]; readonly end: SessionEnd }>;
}

export async function aRig(sealing: Sealing, script: Script): Promise<Rig> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'claude-')));
  const [workspace, configDir] = [join(root, 'workspace'), join(root, 'config')];
  for (const folder of [workspace, configDir]) await mkdir(folder);
  const socket = sealing === 'sealed' ? join(root, 'wire', 'gateway.sock') : null;
  if (socket !== null) await mkdir(join(root, 'wire'));
  const server = await startMessagesServer(script, socket ?? undefined);
  const place = sealing === 'sealed' ? await aBox() : null;
  let child: ChildProcess | null = null;
  const start: SessionOrder['spawn'] = ({ command, args, cwd, env, signal }) => {
    child =
      place === null
        ? spawn(command, args, { cwd, env: { ...env }, signal, stdio: 'pipe', detached: true })
        : place.box.spawn({
            command: [command, ...args],
            cwd,
            writable: [workspace, configDir],
            readable: claudeExecutable().folders,
            env,
            socket,
            stdin: 'pipe',
            signal,
          });
    return child;
  };
  const baseUrl = socket === null ? server.url : `http://127.0.0.1:${WIRE_PORT}`;
  return {
    server,
    workspace,
    child() {
      if (child === null) throw new Error('no session has been started');
      return child;
    },
    order: (changes = {}) =>
      anOrder({
        sessionId: randomUUID(),
        workspace,
        configDir,
        wire: { baseUrl, token: 'token-of-this-session', kind: 'api_key', env: {}, servers: [] },
        spawn: start,
        ...changes,
      }),
    stream: (order, signal) => agentOf(sealing).run(order, signal),
    async run(order, { signal = new AbortController().signal, onEvent } = {}) {
      const agent = agentOf(sealing);
      const events: SessionEvent[] = [];
      for await (const event of agent.run(order, signal)) {
        events.push(event);
        onEvent?.(event);
      }
      return { events, end: endOf(events) };
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      // A CLI that was killed without a box leaves its command behind, in a group of its own.
      for (const pid of processesWith(join(root, 'config'))) killGroup(Number(pid));
      await place?.[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function agentOf(sealing: Sealing): Agent {
  const settings = { sealed: sealing === 'sealed', protectedPaths: [] };
  return createClaudeAgent({
    path: SYSTEM_PATH,
    judges: [
      sessionFence({ ...settings, readable: ['/usr'] }),
      sessionBash({ ...settings, policy: POLICY, readable: [] }),
    ],
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

function endOf(events: readonly SessionEvent[]): SessionEnd {
  const ends = events.filter((event) => event.type === 'ended');
  const [last] = ends;
  if (last === undefined || ends.length > 1 || events.at(-1) !== last)
    throw new Error(`a stream ends with exactly one end: ${JSON.stringify(events)}`);
  return last.end;
}

/** Process numbers whose command line holds the text; of every namespace below this one. */
export function processesWith(text: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/u.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
    } catch {
      // It ended while we looked.
      return false;
    }
  });
}

/** A tool that the harness answers; what it is told goes to `heard`. */
export function reportTool(heard: unknown[]): HostTool {
  return {
    name: 'report',
    description: 'Report on your work item.',
    shape: { kind: z.enum(['complete', 'blocked', 'discovered', 'note']), text: z.string() },
    handle(input) {
      heard.push(input);
      return Promise.resolve('noted');
    },
  };
}

/** What all tools gave back. */
export function outputsOf(events: readonly SessionEvent[]): string {
  return events.map((event) => (event.type === 'tool_ended' ? event.output : '')).join('\n');
}

/** Looks every 20 ms, for what tells nobody when it happens. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition())
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
}
