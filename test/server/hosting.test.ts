import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHostProcesses } from '../../src/host-process.ts';
import { USUAL_PATH } from '../support/harness-cli.ts';
import { aServer } from './a-server.ts';

test('I9 why no process could carry runs out is told until one does, and not a moment longer', async () => {
  const home = await mkdtemp(join(tmpdir(), 'harness-hosting-'));
  // Without a credential it ends as soon as it has begun.
  const env = { PATH: USUAL_PATH, HOME: home, HARNESS_HOME: home };
  const hosts = await openHostProcesses({ home, cwd: home, env, words: [] });
  await using server = await aServer({ hosts });
  const { store } = server.app;
  const { projectId, runId } = await server.runOf('away');
  await store.runs.amend(runId, { served: true });
  const troubles = async (): Promise<unknown> => [
    (await server.ask('/v1/health/detailed')).json,
    (await server.ask(`/v1/projects/${projectId}/board`)).json,
  ];
  const told = expect.stringContaining('ANTHROPIC_API_KEY');
  await expect
    .poll(troubles, { timeout: 20_000 })
    .toMatchObject([
      { hosting: [{ label: '', trouble: told }, {}] },
      { hosting_trouble: told, starting: false },
    ]);
  const worker = { executorId: 'w', hostId: 'h', bootId: 'b', pid: 1, pidStarted: '1', label: '' };
  await store.workers.join({ ...worker, labels: [] }, 60_000);
  await expect
    .poll(troubles, { timeout: 20_000 })
    .toMatchObject([{ hosting: [{ label: '', trouble: null }, {}] }, { hosting_trouble: null }]);
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

test('I9 a run that waits for the process that the server starts for it is not called dead', async () => {
  await using server = await aServer();
  const { projectId, runId } = await server.runOf('answered');
  const board = async (): Promise<unknown> =>
    (await server.ask(`/v1/projects/${projectId}/board`)).json;
  expect(await board()).toMatchObject({
    starting: false,
    why: { cause: expect.stringContaining('no process carries it out') },
  });
  await server.app.store.runs.amend(runId, { served: true });
  const why = {
    cause: 'The process that carries out the run is starting.',
    action: 'Wait a few seconds.',
    requests: [],
  };
  expect(await board()).toMatchObject({
    project: { run: { status: 'running', hosted: false } },
    starting: true,
    why,
  });
  expect((await server.ask(`/v1/projects/${projectId}/why`)).json).toEqual(why);
});
