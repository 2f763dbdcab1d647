import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/delivery/snapshot.ts';
import { isFresh, openHeart, readPulses, skipBeat } from '../../src/pulse.ts';
import { builtProgram } from '../support/built-program.ts';
import { aBench, type Bench } from '../support/harness-cli.ts';

function snapshotOf(directory: string, heartbeat: number): Snapshot {
  return {
    version: 1,
    project_id: 'p-1',
    project_name: 'shop',
    directory,
    run_id: 'r-1',
    status: 'running',
    rehearsal: false,
    unsealed: null,
    current_phase: 'implement',
    phases: {},
    work: { todo: 1, in_progress: 1, done: 0, blocked: 0, total: 2, completion_percentage: 0 },
    approval: null,
    approvals: [],
    sessions: [],
    usage: { input_tokens: 1, output_tokens: 1, cost_usd: 1.5, budget_usd: null },
    why: 'Works.',
    heartbeat: new Date(heartbeat).toISOString(),
    updated_at: new Date(heartbeat).toISOString(),
  };
}

/** This process as a host that beats until the body is over: the bench itself has no database at all. */
async function beating(
  place: (bench: Bench) => string,
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  await using bench = await aBench({ program: await builtProgram() });
  const heart = await openHeart(bench.home, 'p-1');
  const beat = (): Promise<void> => heart.beat(snapshotOf(place(bench), Date.now()), true);
  await beat();
  let last: Promise<void> = Promise.resolve();
  const timer = setInterval(() => (last = last.then(beat)), 200);
  try {
    await body(bench);
  } finally {
    clearInterval(timer);
    await last;
    await heart.stop();
  }
}

const inside = (bench: Bench): string => join(bench.folder, 'workspaces', 'shop');

describe('the status of a run at work', () => {
  test('is what its host says of it, whether it is named, stood in, or the newest here', async () => {
    await beating(inside, async (bench) => {
      const named = await bench.run(['status', '--json', '--project-dir', 'workspaces/shop']);
      expect([named.exit, named.stderr]).toEqual([0, '']);
      expect(JSON.parse(named.stdout)).toMatchObject({ status: 'running', run_id: 'r-1' });
      const newest = await bench.run(['--status', '-o', 'json']);
      expect(newest.stderr).toBe(`project shop in ${inside(bench)}\n`);
      expect(JSON.parse(newest.stdout)).toMatchObject({ run_id: 'r-1' });
    });
  });

  test('reads the same for a person', async () => {
    await beating(
      (bench) => bench.folder,
      async (bench) => {
        const ended = await bench.run(['status']);
        expect(ended.stdout).toMatch(/^shop: running in implement\n[^]*\nWorks\.\n$/u);
      },
    );
  });

  test('is waited for when its host is late, and asked of the database when it stays so', async () => {
    await using bench = await aBench({ program: await builtProgram() });
    const heart = await openHeart(bench.home, 'p-1');
    await heart.beat(snapshotOf(bench.folder, Date.now() - 60_000), true);
    const ended = await bench.run(['status', '--json']);
    expect([ended.exit, ended.stdout]).toEqual([2, '']);
  });

  test.each([
    ['another project is named', ['status', '--project-dir', '/elsewhere'], ''],
    ['the file here names one', ['status'], 'project: { name: other }\n'],
    ['it is another command', ['why'], ''],
  ])('is asked of the database when %s', async (_what, words, yaml) => {
    await beating(inside, async (bench) => {
      await writeFile(join(bench.folder, 'orchestrator.yaml'), yaml);
      const ended = await bench.run(words);
      expect([ended.exit, ended.stdout]).toEqual([2, '']);
      expect(ended.stderr).toMatch(/No project yet/u);
    });
  });
});

describe('a pulse', () => {
  const NOW = Date.parse('2026-03-01T10:20:30.000Z');

  test('is believed for a second, and never before its time', async () => {
    await using bench = await aBench({ program: await builtProgram() });
    const heart = await openHeart(bench.home, 'p-1');
    await heart.beat(snapshotOf('/p', NOW), true);
    const fresh = async (now: number) => (await readPulses(bench.home, () => now)).map(isFresh);
    expect(await fresh(NOW)).toEqual([true]);
    expect(await fresh(NOW + 1000)).toEqual([true]);
    expect(await fresh(NOW + 1001)).toEqual([false]);
    expect(await fresh(NOW - 1)).toEqual([false]);
  });

  test('I9 of a process that is gone says nothing, however young', async () => {
    await using bench = await aBench({ program: await builtProgram() });
    const heart = await openHeart(bench.home, 'p-1');
    await heart.beat(snapshotOf('/p', NOW), true);
    const path = join(bench.home, 'pulses', 'p-1.json');
    const pulse = JSON.parse(await readFile(path, 'utf8'));
    for (const gone of [
      { pidStarted: '1' },
      { pid: 2 ** 22 - 1 },
      { bootId: 'before' },
      { hostId: 'another/pid' },
    ]) {
      await writeFile(path, JSON.stringify({ ...pulse, host: { ...pulse.host, ...gone } }));
      expect(await readPulses(bench.home, () => NOW)).toEqual([]);
    }
  });

  test('is gone after its end, after a change by somebody else, and when it is damaged', async () => {
    await using bench = await aBench({ program: await builtProgram() });
    const heart = await openHeart(bench.home, 'p-1');
    for (const end of [() => heart.stop(), () => skipBeat(bench.home, 'p-1')]) {
      await heart.beat(snapshotOf('/p', NOW), true);
      await end();
      expect(await readPulses(bench.home, () => NOW)).toEqual([]);
    }
    await writeFile(join(bench.home, 'pulses', 'p-1.json'), '{"version":');
    expect(await readPulses(bench.home, () => NOW)).toEqual([]);
    expect(await readdir(join(bench.home, 'pulses'))).toEqual(['p-1.json']);
  });
});
