import { expect, test } from 'vitest';
import { connectMcp } from '../../../../src/gateway/mcp/upstream.ts';
import type { McpUpstream } from '../../../../src/gateway/mcp/upstream.ts';
import { FAKE_KEY, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../../../support/linear/start-fake-linear.ts';

function connected(fake: FakeLinear, key = FAKE_KEY): Promise<McpUpstream> {
  const headers = { authorization: `Bearer ${key}` };
  return connectMcp({ name: 'linear', url: fake.mcpUrl, headers, tools: [], phases: [] });
}

async function call(linear: McpUpstream, tool: string, input: object): Promise<unknown> {
  const result = await linear.call({
    tool,
    input: { ...input },
    signal: AbortSignal.timeout(5000),
  });
  const [content] = [result['content']].flat();
  const text: unknown = Reflect.get(Object(content), 'text');
  return JSON.parse(String(text));
}

test("the fake's MCP server keeps the same workspace as its API", async () => {
  await using fake = await startFakeLinear();
  const linear = await connected(fake);
  expect(linear.tools.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['list_issues', 'get_issue', 'save_issue', 'save_comment']),
  );
  const project = { name: 'Shop', addTeams: ['ENG'] };
  expect(await call(linear, 'save_project', project)).toMatchObject({ name: 'Shop' });
  const issue = { title: 'One', team: 'ENG', project: 'Shop', state: 'Todo', priority: 1 };
  expect(await call(linear, 'save_issue', issue)).toMatchObject({ id: 'ENG-1', status: 'Todo' });
  expect(await call(linear, 'save_issue', { id: 'ENG-1', state: 'Done' })).toMatchObject({
    statusType: 'completed',
    title: 'One',
  });
  await call(linear, 'save_comment', { issueId: 'ENG-1', body: 'Made.' });
  expect(await call(linear, 'list_comments', { issueId: 'ENG-1' })).toMatchObject({
    comments: [{ body: 'Made.' }],
  });
  expect(await call(linear, 'list_issues', { project: 'Shop', state: 'Todo' })).toMatchObject({
    issues: [],
  });
  expect(fake.store.all('Issue')).toHaveLength(1);
  expect(fake.log.map(({ via, fields }) => `${via} ${fields.join()}`)).toContain('mcp save_issue');
  await linear.close();
});

test("a wrong key is refused by the fake's MCP server", async () => {
  await using fake = await startFakeLinear();
  await expect(connected(fake, 'lin_api_wrong')).rejects.toThrow(/MCP server connection failed/);
});
