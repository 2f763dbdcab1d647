import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClaudeAgent } from '../../src/adapters/agents/claude/claude-agent.ts';
import { claudeExecutable } from '../../src/adapters/agents/claude/executable.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { openPins } from '../../src/gateway/mcp/pins.ts';
import type { SessionEvent } from '../../src/sessions/agent.ts';
import { anMcpServer } from '../gateway/mcp/a-server.ts';
import { aBox, SYSTEM_PATH, unsealable } from '../safety/a-box.ts';
import { anOrder } from '../support/an-order.ts';
import { call, inTurn, say, startMessagesServer } from '../support/messages-server.ts';
import type { Block } from '../support/messages-server.ts';

/** Debian's own wrapper wants folders of /etc that a box does not show. */
const CHROMIUM = '/usr/lib/chromium/chromium';
const CREDENTIAL = 'mcp-credential-0123456789';

/** Plays one session of the real program, sealed, on the wire of a real gateway. */
async function played(blocks: readonly Block[], mcpUrl: string): Promise<readonly SessionEvent[]> {
  await using place = await aBox();
  const replies = [...blocks, say('done')].map((block) => ({ content: [block] }));
  await using model = await startMessagesServer(inTurn(...replies));
  const gateway = createGateway({
    upstream: { baseUrl: model.url, credential: { kind: 'api_key', value: 'real-key-0123456789' } },
    ledger: { spentUsd: async () => 0, add: async () => undefined },
    record: () => undefined,
    egress: {
      hosts: [],
      registries: { npm: null, scopes: {}, pypi: null },
      resolve: async () => [],
    },
    mcp: {
      pins: openPins(join(place.root, 'pins')),
      servers: [
        {
          name: 'notes',
          url: mcpUrl,
          headers: { Authorization: `Bearer ${CREDENTIAL}` },
          tools: ['list'],
          phases: ['implement'],
        },
      ],
    },
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    newId: randomUUID,
  });
  const wire = await gateway.open({
    projectId: 'project',
    runId: 'run',
    subject: { attempt: 'attempt', phase: 'implement', role: 'coder', item: 'API-1' },
    attempt: 1,
    sessionId: 'session',
    attribution: false,
    budgetUsd: null,
    sealed: true,
    folder: join(place.root, 's'),
  });
  const configDir = join(place.root, 'config');
  await mkdir(configDir);
  const order = anOrder({
    workspace: place.work,
    configDir,
    sessionId: randomUUID(),
    wire,
    spawn: ({ command, args, cwd, env, signal }) =>
      place.box.spawn({
        command: [command, ...args],
        cwd,
        writable: [place.work, configDir],
        readable: claudeExecutable().folders,
        env,
        socket: wire.socket,
        stdin: 'pipe',
        signal,
      }),
  });
  const events: SessionEvent[] = [];
  const agent = createClaudeAgent({ path: SYSTEM_PATH, judges: [] });
  for await (const event of agent.run(order, new AbortController().signal)) events.push(event);
  await gateway.close();
  return events;
}

function outputs(events: readonly SessionEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'tool_ended' ? [event.output] : []));
}

const bash = (command: string): Block => call('Bash', { command, description: 'work' });

test.skipIf(unsealable)(
  `R-133 an agent calls a listed MCP tool, and sees no credential (skipped without ${unsealable ?? ''})`,
  async () => {
    await using mcp = await anMcpServer();
    const events = await played(
      [
        call('mcp__notes__list', {}),
        call('mcp__notes__wipe', {}),
        bash('env; cat /proc/*/environ'),
      ],
      mcp.url,
    );
    const [listed, wiped, seen] = outputs(events);
    expect(listed).toContain('found');
    expect(wiped).toMatch(/No such tool|not one of your tools/u);
    expect(seen).not.toContain(CREDENTIAL);
    expect(mcp.calls.filter(({ body }) => body.method === 'tools/call')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'ended', end: { status: 'completed' } });
  },
);

const SERVER =
  'require("node:http").createServer((q, a) => a.end("<p id=x></p><script>x.textContent = 6 * 7 + ` made by a script`</script>")).listen(3000, "127.0.0.1")';
const BROWSE = `${CHROMIUM} --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --virtual-time-budget=2000 --dump-dom http://127.0.0.1:3000/ 2>/dev/null`;

test.skipIf(unsealable)(
  `a development server started by one command answers the next, and a browser; git commits (skipped without ${unsealable ?? ''})`,
  async () => {
    await using mcp = await anMcpServer();
    const events = await played(
      [
        bash(
          `printf '%s' '${SERVER}' > server.js; nohup node server.js >/dev/null 2>&1 & until curl -s 127.0.0.1:3000 >/dev/null; do sleep 0.1; done; echo started`,
        ),
        bash('curl -sS http://127.0.0.1:3000/'),
        bash(
          existsSync(CHROMIUM) ? BROWSE : 'echo "42 made by a script (no browser on this machine)"',
        ),
        bash(
          'git init -q . && git -c user.name=a -c user.email=a@b add -A && git -c user.name=a -c user.email=a@b commit -qm first && git log --format=%s',
        ),
      ],
      mcp.url,
    );
    const [started, fetched, browsed, committed] = outputs(events);
    expect([started, committed]).toEqual(['started', 'first']);
    expect(fetched).toContain('made by a script');
    expect(browsed).toContain('42 made by a script');
  },
);
