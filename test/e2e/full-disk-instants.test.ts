import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { withoutFaults } from '../../src/rehearsal/faults.ts';
import { numbersOf } from '../chaos/instants.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit, type Running } from '../support/harness-cli.ts';
import { unitConverter } from '../support/second-scenario.ts';
import { aSmallDisk } from '../support/small-disk.ts';
import { aSmallRun } from '../support/small-run.ts';

const SEED = 3;
const INSTANTS = 3;

const RUN = ['run', '--idea', 'A module that converts feet.', '--no-interactive'];
const RESUME = ['resume', '--no-interactive'];

const linesOf = (text: string): readonly string[] => text.split('\n').filter((one) => one !== '');

/** Resolves once the process has said so much; false: it ended before. */
async function hasSaid(running: Running, lines: number): Promise<boolean> {
  let over = false;
  void running.ended.then(() => (over = true));
  while (linesOf(running.said()).length < lines) {
    if (over) return false;
    await pause(10);
  }
  return true;
}

const Event = z.looseObject({ id: z.number(), type: z.string() });

// About 90 s: a run that is parked three times, each after up to half a minute.
test.skipIf(quickOnly)(
  'I1 I6 I11 a disk that is full at three instants of one run costs no work: with room again it goes on to its end',
  { timeout: 600_000 },
  async ({ skip, annotate }) => {
    const disk = await aSmallDisk('size=400m');
    if (typeof disk === 'string') return skip(disk);
    await using _ = disk;
    await using small = await aSmallRun({ scenario: withoutFaults(unitConverter()) });
    const { bench } = small;
    const options = { env: { HARNESS_HOME: disk.folder } };
    const next = numbersOf(SEED);
    for (let turn = 0; turn < INSTANTS; turn += 1) {
      const lines = 3 + Math.floor(next() * 12);
      const running = bench.start(turn === 0 ? RUN : RESUME, options);
      expect(await hasSaid(running, lines)).toBe(true);
      await disk.fill(0);
      const ended = await running.ended;
      proveExit(ended, 75);
      await annotate(`full after ${lines} lines: ${linesOf(ended.stdout).at(-1) ?? ''}`);
      await disk.free();
    }
    proveExit(await bench.run(RESUME, options), 0);
    const told = await bench.run(['events', '--json'], options);
    proveExit(told, 0);
    const events = linesOf(told.stdout).map((line) => Event.parse(JSON.parse(line)));
    expect(events.map(({ id }) => id)).toEqual(events.map((_event, at) => at + 1));
    const items = events.filter(({ type }) => type === 'item.added').length;
    expect(items).toBeGreaterThan(1);
    expect(events.filter(({ type }) => type === 'item.done')).toHaveLength(items);
  },
);
