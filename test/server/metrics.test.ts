import { expect, test } from 'vitest';
import { aServer } from './a-server.ts';

test('metrics count runs by status, behind the token', async () => {
  await using server = await aServer();
  await server.runOf('shop');
  const { status, json } = await server.ask('/metrics');
  expect([status, json]).toEqual([
    200,
    expect.stringContaining('harness_runs{status="running"} 1'),
  ]);
  expect((await server.ask('/metrics', { headers: { authorization: 'Bearer no' } })).status).toBe(
    401,
  );
});
