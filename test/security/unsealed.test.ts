import { expect, test } from 'vitest';
import { proveExit } from '../support/harness-cli.ts';
import { aSmallRun } from '../support/small-run.ts';

/** Screens that show a run. */
const SCREENS = [['status'], ['why'], ['items'], ['events'], ['cost'], ['logs'], ['recover']];

test(
  'I8 a run without a box by choice says so on every screen and in its events',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun({ yaml: 'sandbox: { driver: none }\n' });
    const words = ['run', '--idea', 'A module that converts feet.', '--no-interactive'];
    const running = small.bench.start(words);
    await running.heard(/NOT SEALED/u);
    await running.heard(/not sealed: sandbox\.driver is none/u);
    running.signal('SIGINT');
    proveExit(await running.ended, 130);
    for (const screen of SCREENS) {
      const { stdout, stderr } = await small.bench.run(screen);
      expect([screen, `${stdout}${stderr}`]).toEqual([
        screen,
        expect.stringMatching(/NOT SEALED: agents run without a box \(sandbox\.driver is none\)/u),
      ]);
    }
    const { stdout } = await small.bench.run(['status', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ unsealed: 'sandbox.driver is none' });
  },
);
