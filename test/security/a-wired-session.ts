import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createClaudeAgent } from '../../src/adapters/agents/claude/claude-agent.ts';
import { claudeExecutable } from '../../src/adapters/agents/claude/executable.ts';
import { egressHosts } from '../../src/config/egress.ts';
import type { HarnessEvent } from '../../src/domain/event.ts';
import type { Registries } from '../../src/domain/registries.ts';
import { resolveOnHost } from '../../src/gateway/egress/destination.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { openBoxServers, type ToolServer } from '../../src/gateway/mcp/box-servers.ts';
import { openPins } from '../../src/gateway/mcp/pins.ts';
import type { McpServer } from '../../src/gateway/mcp/upstream.ts';
import type { RefusedCall, SessionEvent } from '../../src/sessions/agent.ts';
import { SYSTEM_PATH, type Place } from '../safety/a-box.ts';
import { anOrder } from '../support/an-order.ts';
import {
  inTurn,
  say,
  startMessagesServer,
  type Ask,
  type Block,
} from '../support/messages-server.ts';
import { memoryLedger, UNCAPPED } from '../support/memory-ledger.ts';

export interface WiredPlan {
  readonly place: Place;
  /** What the scripted model does, a turn each. */
  readonly blocks: readonly Block[];
  readonly servers?: readonly McpServer[];
  readonly registries?: Registries;
  /** Types of tools that may run at the provider. */
  readonly providerTools?: readonly string[];
  /** The agent's program has its tool for searching the web. */
  readonly searches?: true;
  /** Servers in the box; told where images go. */
  readonly tools?: (images: string) => readonly ToolServer[];
}

export interface Played {
  readonly events: readonly SessionEvent[];
  /** What each call gave back, in their order. */
  readonly outputs: readonly string[];
  readonly refused: readonly RefusedCall[];
  /** What the gateway recorded. */
  readonly recorded: readonly HarnessEvent[];
  /** Names of the tools that the model was shown. */
  readonly shown: readonly string[];
  /** Bytes of the first request. */
  readonly firstBytes: number;
  /** Requests that reached the model. */
  readonly asks: readonly Ask[];
  /** Folder of the session's screenshots. */
  readonly images: string;
}

const NOBODY: Registries = { npm: null, scopes: {}, pypi: null };

/** Plays one session of the real program, sealed, on the wire of a real gateway. */
export async function playWired(plan: WiredPlan): Promise<Played> {
  const { place } = plan;
  const replies = [...plan.blocks, say('done')].map((block) => ({ content: [block] }));
  await using model = await startMessagesServer(inTurn(...replies));
  const recorded: HarnessEvent[] = [];
  const gateway = aGateway(plan, { url: model.url, record: (event) => recorded.push(event) });
  const folder = join(place.root, 's');
  const wire = await gateway.open({
    projectId: 'project',
    runId: 'run',
    subject: { attempt: 'attempt', phase: 'implement', role: 'coder', item: 'API-1' },
    attempt: 1,
    sessionId: 'session',
    attribution: false,
    model: 'claude-opus-5-5',
    caps: UNCAPPED,
    owner: 'worker-1',
    sealed: true,
    folder,
  });
  const configDir = join(place.root, 'config');
  const images = join(configDir, 'screenshots');
  await mkdir(configDir, { recursive: true });
  const tools = await openBoxServers({
    servers: plan.tools?.(images) ?? [],
    box: place.box,
    pins: openPins(join(place.root, 'pins')),
    folder,
    heard: new Map(),
  });
  const refused: RefusedCall[] = [];
  const order = anOrder({
    workspace: place.work,
    configDir,
    sessionId: randomUUID(),
    wire,
    boxServers: tools.servers,
    tools: [
      'Read',
      'Write',
      'Edit',
      'Glob',
      'Grep',
      'Bash',
      ...(plan.searches ? ['WebSearch'] : []),
    ],
    onRefused: (call) => refused.push(call),
    spawn: ({ command, args, cwd, env, signal }) =>
      place.box.spawn({
        command: [command, ...args],
        cwd,
        writable: [place.work, configDir],
        readable: [...claudeExecutable().folders, ...tools.readable],
        env,
        socket: wire.socket,
        stdin: 'pipe',
        signal,
      }),
  });
  const events: SessionEvent[] = [];
  const agent = createClaudeAgent({ path: SYSTEM_PATH, judges: [] });
  for await (const event of agent.run(order, AbortSignal.timeout(110_000))) events.push(event);
  await gateway.close();
  const [first] = model.asks;
  const shown = first?.body.tools.map(({ name }) => name) ?? [];
  const outputs = events.flatMap((one) => (one.type === 'tool_ended' ? [one.output] : []));
  return {
    events,
    outputs,
    refused,
    recorded,
    shown,
    firstBytes: first?.bytes ?? 0,
    images,
    asks: model.asks,
  };
}

function aGateway(
  { place, servers = [], registries = NOBODY, providerTools = [] }: WiredPlan,
  { url, record }: { readonly url: string; readonly record: (event: HarnessEvent) => unknown },
): ReturnType<typeof createGateway> {
  return createGateway({
    upstream: { baseUrl: url, credential: { kind: 'api_key', value: 'real-key-0123456789' } },
    ledger: memoryLedger(),
    record: (_order, event) => void record(event),
    egress: { hosts: egressHosts([], registries), registries, resolve: resolveOnHost },
    mcp: { servers, pins: openPins(join(place.root, 'pins')) },
    providerTools,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    newId: randomUUID,
  });
}
