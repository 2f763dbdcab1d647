import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quickOnly } from '../support/e2e-part.ts';
import { snapshotSchema } from '../support/snapshot-looks.ts';
import { proveExit } from '../support/harness-cli.ts';
import { aSmallRun } from '../support/small-run.ts';

test.skipIf(quickOnly)(
  'another process sees the run, a second run is refused, and stop ends it within ten seconds',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun();
    const { bench } = small;
    const project = join(bench.folder, 'mine');
    const at = (...args: string[]) => bench.run([...args, '--project-dir', project]);
    const words = ['run', '--idea', 'A module that converts feet.', '--no-interactive'];
    const running = bench.start([...words, '--project-dir', project]);
    await running.heard(/ideation: started/);

    const status = await at('status', '--json');
    proveExit(status, 0);
    expect(snapshotSchema.parse(JSON.parse(status.stdout)).status).toBe('running');
    expect(status.seconds).toBeLessThan(15);

    const second = await at(...words);
    proveExit(second, 2);
    expect(second.stderr).toMatch(/one run at a time/);

    const began = performance.now();
    const stopped = await at('stop');
    proveExit(stopped, 0);
    const ended = await running.ended;
    proveExit(ended, 130);
    // Ten seconds, and the start of a process on a busy machine.
    expect(performance.now() - began).toBeLessThan(20_000);

    const resumed = await at('resume', '--no-interactive');
    proveExit(resumed, 0);
  },
);
