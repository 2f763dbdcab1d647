import { expect, test } from 'vitest';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit } from '../support/harness-cli.ts';
import { startPostsServer } from '../support/posts-server.ts';
import { aSmallRun } from '../support/small-run.ts';

// Half a minute where nothing else is at work.
test.skipIf(quickOnly)(
  'a run tells by webhook that it waits for a person, and that it is done, each once',
  { timeout: 600_000 },
  async () => {
    await using server = await startPostsServer();
    const yaml = `notify: [{ type: webhook, url: "${server.url}", secret: a-secret-of-the-test }]\n`;
    await using small = await aSmallRun({ yaml });
    const waits = await small.bench.run([
      'run',
      '--idea',
      'A module that converts feet.',
      '--no-interactive',
      '--autonomy',
      'checkpoint',
    ]);
    proveExit(waits, 3);
    expect(server.posts.map(({ body }) => JSON.parse(body).news)).toEqual(['approval']);
    proveExit(await small.bench.run(['approve']), 0);
    proveExit(await small.bench.run(['resume', '--no-interactive']), 0);
    expect(server.posts.map(({ body }) => JSON.parse(body).news)).toEqual(['approval', 'done']);
    expect(server.posts[1]?.headers['webhook-signature']).toMatch(/^v1,/u);
    const events = await small.bench.run(['events']);
    expect(events.stdout).toContain('webhook: told of done');
    expect(events.stdout).not.toContain('secret-of-this-hook');
  },
);
