import { expect, test } from 'vitest';
import { anMcpServer } from '../gateway/mcp/a-server.ts';
import { aBox, unsealable } from '../safety/a-box.ts';
import { call } from '../support/messages-server.ts';
import { playWired } from './a-wired-session.ts';

const CREDENTIAL = 'mcp-credential-0123456789';

test.skipIf(unsealable)(
  `R-133 an agent calls a listed MCP tool, and sees no credential (skipped without ${unsealable ?? ''})`,
  async () => {
    await using mcp = await anMcpServer();
    await using place = await aBox();
    const notes = {
      name: 'notes',
      url: mcp.url,
      headers: { Authorization: `Bearer ${CREDENTIAL}` },
      tools: ['list'],
      phases: ['implement' as const],
    };
    const blocks = [
      call('mcp__notes__list', {}),
      call('mcp__notes__wipe', {}),
      call('Bash', { command: 'env; cat /proc/*/environ', description: 'look' }),
    ];
    const { events, outputs, refused } = await playWired({ place, blocks, servers: [notes] });
    const [listed, wiped, seen] = outputs;
    expect(listed).toContain('found');
    expect(wiped).toMatch(/No such tool|not one of your tools/u);
    expect(refused).toMatchObject([{ tool: 'mcp__notes__wipe' }]);
    expect(seen).not.toContain(CREDENTIAL);
    expect(mcp.calls.filter(({ body }) => body.method === 'tools/call')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'ended', end: { status: 'completed' } });
  },
);

test.skipIf(unsealable).each([
  ['passes when its type is configured', ['web_search_20250305'], true],
  ['does not pass when nothing is configured', [], false],
] as const)(
  `I8 what the agent asks the provider to search %s (skipped without ${unsealable ?? 'a reason'})`,
  async (_, providerTools, through) => {
    await using place = await aBox();
    const { asks, outputs } = await playWired({
      place,
      blocks: [call('WebSearch', { query: 'how to build a shop' })],
      providerTools,
      searches: true,
    });
    const searching = asks.filter(({ body }) =>
      body.tools.some(({ name }) => name === 'web_search'),
    );
    expect(searching).toHaveLength(through ? 1 : 0);
    expect(outputs[0]?.includes('does not forward tools that run at the provider')).toBe(!through);
  },
);
