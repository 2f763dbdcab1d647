import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createClaudeAgent } from '../../../src/adapters/agents/claude/claude-agent.ts';
import { claudeExecutable } from '../../../src/adapters/agents/claude/executable.ts';
import { openPins } from '../../../src/gateway/mcp/pins.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { Gateway, Wire } from '../../../src/gateway/wire.ts';
import type { Box } from '../../../src/safety/box.ts';
import { openBox } from '../../../src/safety/open-box.ts';
import { findToolchains } from '../../../src/safety/toolchains.ts';
import type { SessionEnd, SessionOrder, ToolJudge } from '../../../src/sessions/agent.ts';
import { SYSTEM_PATH } from '../../safety/a-box.ts';
import { anOrder } from '../../support/an-order.ts';
import {
  call,
  say,
  startMessagesServer,
  type Block,
  type Reply,
} from '../../support/messages-server.ts';
import type { Stage } from './stage.ts';
import { memoryLedger, UNCAPPED } from '../../support/memory-ledger.ts';

/** What the gateway pays with: nothing in a box may ever hold it. */
export const CREDENTIAL = 'sk-real-credential-of-the-operator';

const MIB = 1024 ** 2;

/** Small, so that going beyond them is cheap also where nothing stops it. */
const LIMITS = {
  tmpBytes: 32 * MIB,
  homeBytes: 32 * MIB,
  sharedMemoryBytes: 16 * MIB,
  fileBytes: 48 * MIB,
  openFiles: 1024,
  processes: 400,
  memoryBytes: 1024 * MIB,
};

export async function aSealedBox(folder: string): Promise<Box> {
  const home = homedir();
  const toolchains = await findToolchains({ path: SYSTEM_PATH, home, node: process.execPath });
  const settings = { folder, toolchains, read: [], home, path: SYSTEM_PATH, limits: LIMITS };
  return openBox({ ...settings, driver: 'bwrap', now: () => performance.now() });
}

/** Without anything around it: what a probe has to succeed in. */
const UNSEALED: SessionOrder['spawn'] = ({ command, args, cwd, env, signal }) =>
  spawn(command, args, { cwd, env: { ...env }, signal, stdio: 'pipe', detached: true });

export interface ToolCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface SessionPlan {
  readonly stage: Stage;
  /** Null: no box at all. */
  readonly box: Box | null;
  readonly judges: readonly ToolJudge[];
  /** What the scripted model does, told where its own calls go. */
  readonly calls: (upstream: string) => readonly ToolCall[];
}

export interface Played {
  /** What each call gave back, in their order. */
  readonly outputs: readonly string[];
  readonly end: SessionEnd;
}

/** Calls in one turn of the model. */
const A_TURN = 8;

/** Plays the calls in a session of the real agent, over the real gateway, to a scripted model. */
export async function play(plan: SessionPlan): Promise<Played> {
  const turns: Block[][] = [];
  await using server = await startMessagesServer(({ turn }): Reply => ({
    content: turns[turn] ?? [say('done')],
  }));
  const blocks = plan.calls(server.url).map(({ tool, input }) => call(tool, input));
  for (let at = 0; at < blocks.length; at += A_TURN) turns.push(blocks.slice(at, at + A_TURN));
  await using gateway = aGateway(server.url);
  const { root } = plan.stage;
  await using wire = await openWire(gateway, { root, sealed: plan.box !== null });
  const order = await orderOf(plan, wire);
  const outputs = new Map<string, string>();
  let end: SessionEnd = { status: 'failed', reason: 'it never ended' };
  const agent = createClaudeAgent({ path: SYSTEM_PATH, judges: plan.judges });
  for await (const event of agent.run(order, AbortSignal.timeout(300_000))) {
    if (event.type === 'tool_ended') outputs.set(event.id, event.output);
    if (event.type === 'ended') ({ end } = event);
  }
  return { end, outputs: blocks.map((block) => outputs.get('id' in block ? block.id : '') ?? '') };
}

/** The real gateway, with nothing listed that it would let through. */
export function aGateway(baseUrl: string): Gateway & AsyncDisposable {
  const gateway = createGateway({
    upstream: { baseUrl, credential: { kind: 'api_key', value: CREDENTIAL } },
    ledger: memoryLedger(),
    record: () => undefined,
    egress: {
      hosts: [],
      registries: { npm: null, scopes: {}, pypi: null },
      resolve: async () => [],
    },
    mcp: { servers: [], pins: openPins('/nowhere') },
    providerTools: [],
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    newId: randomUUID,
  });
  return { ...gateway, [Symbol.asyncDispose]: () => gateway.close() };
}

/** A session's wire of it, with its socket below `root`. */
export async function openWire(
  gateway: Gateway,
  { root, sealed }: { readonly root: string; readonly sealed: boolean },
): Promise<Wire> {
  const folder = join(root, 'wire');
  await mkdir(folder, { recursive: true });
  return gateway.open({
    projectId: 'p1',
    runId: 'r1',
    subject: { attempt: 'a1', phase: 'implement', role: 'coder', item: 'P-1' },
    attempt: 1,
    sessionId: randomUUID(),
    attribution: false,
    model: 'claude-opus-5-5',
    caps: UNCAPPED,
    owner: 'worker-1',
    sealed,
    folder,
  });
}

async function orderOf(plan: SessionPlan, wire: Wire): Promise<SessionOrder> {
  const { stage, box } = plan;
  const configDir = join(stage.root, 'config');
  await mkdir(configDir, { recursive: true });
  const { workspace } = stage;
  return anOrder({
    sessionId: randomUUID(),
    workspace: workspace.path,
    configDir,
    wire,
    spawn:
      box === null
        ? UNSEALED
        : ({ command, args, cwd, env, signal }) =>
            box.spawn({
              command: [command, ...args],
              cwd,
              writable: [workspace.path, configDir],
              readable: [...workspace.objects, ...claudeExecutable().folders],
              env,
              socket: wire.socket,
              stdin: 'pipe',
              signal,
            }),
  });
}
