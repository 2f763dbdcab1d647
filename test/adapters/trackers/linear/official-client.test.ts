import { LinearClient, RatelimitedLinearError } from '@linear/sdk';
import { LinearWebhookClient } from '@linear/sdk/webhooks';
import { expect, test } from 'vitest';
import { FAKE_KEY, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import type { FakeLinear } from '../../../support/linear/start-fake-linear.ts';
import { deliveryOf } from '../../../support/linear/webhooks.ts';

const clientOf = ({ apiUrl }: { readonly apiUrl: string }, apiKey = FAKE_KEY): LinearClient =>
  new LinearClient({ apiKey, apiUrl });

test('the official client creates, reads and changes issues in the fake Linear', async () => {
  await using fake = await startFakeLinear();
  const client = clientOf(fake);
  expect((await client.viewer).email).toBe('ada@fake.invalid');
  const team = (await client.teams()).nodes[0];
  const teamId = team?.id ?? '';
  const states = await client.workflowStates({ filter: { team: { id: { eq: teamId } } } });
  const started = states.nodes.find(({ type }) => type === 'started');
  const created = await client.createIssue({ teamId, title: 'One', priority: 2 });
  const issue = await created.issue;
  expect(issue).toMatchObject({ identifier: 'ENG-1', title: 'One', priority: 2 });
  await issue?.update({ stateId: started?.id ?? '', title: 'Two' });
  const again = await client.issue('ENG-1');
  expect(again.title).toBe('Two');
  expect(again.startedAt).toBeInstanceOf(Date);
  expect((await again.state)?.type).toBe('started');
  await client.createComment({ issueId: again.id, body: 'Begun.' });
  expect((await again.comments()).nodes.map(({ body }) => body)).toEqual(['Begun.']);
});

test('the official client reads more than a page', async () => {
  await using fake = await startFakeLinear();
  const client = clientOf(fake);
  const teamId = (await client.teams()).nodes[0]?.id ?? '';
  const issues = Array.from({ length: 120 }, (_, index) => ({ teamId, title: `I ${index}` }));
  await client.createIssueBatch({ issues });
  const first = await client.issues({ first: 50, filter: { title: { startsWith: 'I ' } } });
  while (first.pageInfo.hasNextPage) await first.fetchNext();
  expect(new Set(first.nodes.map(({ id }) => id)).size).toBe(120);
});

test('the official client is told of a taken id, a wrong key and an empty bucket', async () => {
  await using fake = await startFakeLinear();
  const client = clientOf(fake);
  const teamId = (await client.teams()).nodes[0]?.id ?? '';
  const id = '0b8f5a7e-3c1d-4e2f-9a6b-7c8d9e0f1a2b';
  await client.createIssue({ id, teamId, title: 'One' });
  await expect(client.createIssue({ id, teamId, title: 'Two' })).rejects.toThrow(
    /conflict on insert of Issue.*already exists/is,
  );
  await expect(clientOf(fake, 'lin_api_wrong').viewer).rejects.toThrow(/authenticat/i);
  fake.drainLimits();
  await expect(client.viewer).rejects.toBeInstanceOf(RatelimitedLinearError);
});

test("the official client accepts the fake's webhooks, and no forged one", async () => {
  await using fake = await startFakeLinear();
  const told = new Promise<Parameters<typeof deliveryOf>[0]>((resolve) => {
    fake.store.onChange(resolve);
  });
  const client = clientOf(fake);
  await client.createIssue({ teamId: (await client.teams()).nodes[0]?.id ?? '', title: 'One' });
  const { headers, body } = deliveryOf(await told, 'secret', Date.now());
  const signature = headers['linear-signature'] ?? '';
  const webhooks = new LinearWebhookClient('secret');
  expect(webhooks.verify(Buffer.from(body), signature)).toBe(true);
  expect(() => webhooks.verify(Buffer.from(`${body} `), signature)).toThrow(/signature/i);
});

test('the official client finds issues by their words', async () => {
  await using fake = await startFakeLinear();
  const client = clientOf(fake);
  const teamId = (await client.teams()).nodes[0]?.id ?? '';
  await client.createIssueBatch({
    issues: ['Login by mail', 'Login by key', 'Logout'].map((title) => ({ teamId, title })),
  });
  const issue = await client.issue('ENG-3');
  await client.createComment({ issueId: issue.id, body: 'After every login.' });
  const byTitle = await client.searchIssues('login KEY');
  expect(byTitle.nodes.map(({ identifier }) => identifier)).toEqual(['ENG-2']);
  expect((await client.searchIssues('login')).totalCount).toBe(2);
  const all = await client.searchIssues('login', { includeComments: true, first: 2 });
  expect([all.totalCount, all.nodes.length, all.pageInfo.hasNextPage]).toEqual([3, 2, true]);
  expect((await client.searchIssues('ENG-1')).nodes[0]?.title).toBe('Login by mail');
  expect((await client.searchIssues('nowhere')).nodes).toEqual([]);
});

test('the official client follows a session of an agent to its end', async () => {
  await using fake = await startFakeLinear();
  const client = clientOf(fake);
  const teamId = (await client.teams()).nodes[0]?.id ?? '';
  const issueId = (await client.createIssue({ teamId, title: 'One' })).issueId ?? '';
  const made = await client.agentSessionCreateOnIssue({ issueId });
  const agentSessionId = made.agentSessionId ?? '';
  const now = async () => client.agentSession(agentSessionId);
  expect((await now()).status).toBe('pending');
  const say = (content: Readonly<Record<string, string>>, ephemeral = false) =>
    client.createAgentActivity({ agentSessionId, content, ephemeral });
  await say({ type: 'thought', body: 'Let me see.' }, true);
  expect((await now()).status).toBe('active');
  await say({ type: 'action', action: 'Ran', parameter: 'npm test' });
  await client.updateAgentSession(agentSessionId, {
    plan: [{ content: 'Build', status: 'pending' }],
  });
  await say({ type: 'elicitation', body: 'May I?' });
  expect((await now()).status).toBe('awaitingInput');
  await say({ type: 'response', body: 'Built.' });
  const end = await now();
  expect(end).toMatchObject({ status: 'complete', plan: [{ content: 'Build' }] });
  expect(end.endedAt).toBeInstanceOf(Date);
  expect((await end.issue)?.title).toBe('One');
  // What was ephemeral is gone with the next.
  const told = (await end.activities()).nodes.map(({ content }) => Reflect.get(content, 'type'));
  expect(told).toEqual(['response', 'elicitation', 'action']);
  await expect(say({ type: 'song', body: 'La.' })).rejects.toThrow(/none of an activity/u);
});

function startedState({ store }: FakeLinear, teamId: string): string {
  const states = store.all('WorkflowState').filter((one) => one['teamId'] === teamId);
  return states.find(({ type }) => type === 'started')?.id ?? '';
}

test('to the official client a team keeps its own: states, labels and projects of another are refused', async () => {
  const teams = [
    { key: 'ENG', name: 'Engineering' },
    { key: 'OPS', name: 'Operations' },
  ];
  await using fake = await startFakeLinear({ teams });
  const client = clientOf(fake);
  const [eng = '', ops = ''] = fake.store.all('Team').map(({ id }) => id);
  const started = (teamId: string) => startedState(fake, teamId);
  const label = fake.store.insert('IssueLabel', { name: 'theirs', teamId: ops });
  const shared = fake.store.insert('IssueLabel', { name: 'all', teamId: null });
  const project = fake.store.insert('Project', { name: 'Theirs', teamIds: [ops] });
  const own = fake.store.insert('IssueLabel', { name: 'ours', teamId: eng });
  const made = await client.createIssue({
    teamId: eng,
    title: 'One',
    stateId: started(eng),
    labelIds: [own.id, shared.id],
  });
  const { issueId: id = '' } = made;
  for (const input of [{ stateId: started(ops) }, { projectId: project.id }]) {
    await expect(client.updateIssue(id, input)).rejects.toThrow(
      /Discrepancy between issue team and state/u,
    );
    await expect(client.createIssue({ teamId: eng, title: 'Two', ...input })).rejects.toThrow(
      /Discrepancy/u,
    );
  }
  await expect(client.updateIssue(id, { addedLabelIds: [label.id] })).rejects.toThrow(
    /labelIds for incorrect team/iu,
  );
  expect(fake.store.all('Issue')).toHaveLength(1);

  await client.updateIssue(id, { teamId: ops });
  const moved = await client.issue('ENG-1');
  expect(moved).toMatchObject({ identifier: 'OPS-1', previousIdentifiers: ['ENG-1'] });
  expect((await moved.state)?.id).toBe(started(ops));
  expect(moved.labelIds).toEqual([shared.id]);
});
