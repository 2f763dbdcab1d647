import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunStatus } from '../../src/domain/run.ts';
import { ApiProblem, createClient, type Client } from '../../src/server/client.ts';
import type { EventRecord } from '../../src/server/contract.ts';
import { unsealable } from '../safety/a-box.ts';
import { quickOnly } from '../support/e2e-part.ts';
import type { Bench, Running } from '../support/harness-cli.ts';
import { follow, type Follower } from '../support/http-follower.ts';
import { aSmallRun } from '../support/small-run.ts';

type Told = EventRecord['event'];

interface Served {
  readonly client: Client;
  readonly server: Running;
}

async function serve(bench: Bench): Promise<Served> {
  const server = bench.start(['serve', '--port', '0', '--json']);
  await server.heard(/#token=[\w-]+/u);
  const [, url = '', token = ''] = /(http:\/\/[\d.:]+)\/#token=([\w-]+)/u.exec(server.said()) ?? [];
  return { client: createClient({ url, token }), server };
}

async function close({ server }: Served): Promise<void> {
  server.signal('SIGTERM');
  expect((await server.ended).exit).toBe(143);
}

const is =
  (status: RunStatus) =>
  (event: Told): boolean =>
    event.type === 'run.status' && event.status === status;

const asked =
  (phase: string) =>
  (event: Told): boolean =>
    event.type === 'approval.asked' && event.phase === phase;

/** Waits for the question about the phase, and gives the number of its event and its state. */
async function question(
  { client, events }: { readonly client: Client; readonly events: Follower },
  order: { readonly id: string; readonly phase: string; readonly after: number },
): Promise<{ readonly at: number; readonly state: string }> {
  const { id: at } = await events.next(order.after, asked(order.phase));
  const { approvals } = await client.approvals(order.id);
  const found = approvals.find(({ phase }) => phase === order.phase);
  expect(found?.document?.text).toMatch(/\S/u);
  return { at, state: found?.state ?? '' };
}

function proveUnbroken({ seen }: Follower): void {
  expect(seen.map(({ id }) => id)).toEqual(seen.map((_, index) => index + 1));
}

test.skipIf(unsealable !== undefined)(
  'R-101 over HTTP alone a project is made, run, answered, stopped and finished, beside another one',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun();
    const served = await serve(small.bench);
    const { client } = served;
    const { id } = await client.create({ name: 'feet', idea: 'A module that converts feet.' });
    await using events = follow(() => client, id);
    await client.run(id, { autonomy: 'checkpoint' });
    const talk = { client, events };

    const first = await question(talk, { id, phase: 'ideation', after: 0 });
    await client.reject(id, { state: first.state, reason: 'Say what a cubit is.' });
    events.drop();
    const stale = client.approve(id, { state: first.state });
    await expect(stale).rejects.toSatisfy(
      (error) => error instanceof ApiProblem && error.problem.status === 409,
    );
    const second = await question(talk, { id, phase: 'ideation', after: first.at });
    expect(small.asks.some(({ prompt }) => prompt.includes('Say what a cubit is.'))).toBe(true);
    await client.approve(id, { state: second.state });

    const other = await client.create({ name: 'other', idea: 'A module that converts feet.' });
    await using others = follow(() => client, other.id);
    await client.run(other.id, { autonomy: 'full' });

    const third = await question(talk, { id, phase: 'architecture', after: second.at });
    events.drop();
    const both = await Promise.allSettled(
      [1, 2].map(() => client.approve(id, { state: third.state })),
    );
    const late = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(late).toEqual([
      expect.objectContaining({ problem: expect.objectContaining({ status: 409 }) }),
    ]);
    const fourth = await question(talk, { id, phase: 'task_breakdown', after: third.at });
    await client.approve(id, { state: fourth.state });

    const claimed = await events.next(fourth.at, ({ type }) => type === 'item.claimed');
    await client.stop(id);
    const stopped = await events.next(claimed.id, is('stopped'), 60);
    events.drop();
    expect((await client.project(id)).run?.status).toBe('stopped');
    await client.resume(id);
    await events.next(stopped.id, is('completed'));
    await others.next(0, is('completed'));

    expect(events.connections()).toBe(4);
    proveUnbroken(events);
    proveUnbroken(others);
    const done = await client.items(id);
    expect(done.items.map(({ key, status }) => [key, status])).toEqual([['FEET-1', 'done']]);
    const built = await readdir(join(small.bench.folder, 'workspaces/feet/src'));
    expect(built).toContain('feet.js');
    await close(served);
  },
);

test.skipIf(unsealable !== undefined || quickOnly)(
  'I6 a rehearsal begun over HTTP outlives its server, and one that ends is taken up by the next',
  { timeout: 600_000 },
  async () => {
    await using small = await aSmallRun();
    let served = await serve(small.bench);
    const { id } = await served.client.create({ name: 'list', idea: 'A reading list.' });
    await using events = follow(() => served.client, id);
    await served.client.run(id, { rehearse: true, autonomy: 'full' });
    const begun = await events.next(0, ({ type }) => type === 'item.claimed');

    served.server.signal('SIGKILL');
    await served.server.ended;
    served = await serve(small.bench);
    const later = await events.next(begun.id, ({ type }) => type === 'item.done');
    expect((await served.client.project(id)).run).toMatchObject({ hosted: true, generation: 1 });

    await close(served);
    served = await serve(small.bench);
    await events.next(later.id, is('completed'), 300);
    proveUnbroken(events);
    expect((await served.client.board(id)).project.run?.status).toBe('completed');
    await close(served);
  },
);
