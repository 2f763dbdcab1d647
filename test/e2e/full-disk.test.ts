import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit, type StartOptions } from '../support/harness-cli.ts';
import { aSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { aSmallRun, type SmallRun } from '../support/small-run.ts';

const RUN = ['run', '--idea', 'A module that converts feet.', '--no-interactive'];
const RESUME = ['resume', '--no-interactive'];

describe('before a run', () => {
  test.for([
    ['too small a data folder', 'size=200m', /256 MB are needed/],
    ['a data folder without room for files', 'size=300m,nr_inodes=5000', /10000 are needed/],
  ] as const)(
    '%s is refused with 75 before anybody is asked',
    async ([, options, words], { skip }) => {
      const disk = await aSmallDisk(options);
      if (typeof disk === 'string') return skip(disk);
      await using _ = disk;
      await using small = await aSmallRun();
      const env = { HARNESS_HOME: disk.folder };
      const refused = await small.bench.run(RUN, { env });
      proveExit(refused, 75);
      expect(refused.stderr).toContain(disk.folder);
      expect(refused.stderr).toMatch(words);
      expect(small.asks).toHaveLength(0);
      expect(await readdir(small.bench.folder)).toEqual(['orchestrator.yaml']);
      proveExit(await small.bench.run(['doctor'], { env }), 75);
    },
  );

  test('too small a disk for the project is refused with 75 and named', async ({ skip }) => {
    const disk = await aSmallDisk('size=16m');
    if (typeof disk === 'string') return skip(disk);
    await using _ = disk;
    await using small = await aSmallRun();
    const project = join(disk.folder, 'mine');
    const refused = await small.bench.run([...RUN, '--project-dir', project]);
    proveExit(refused, 75);
    expect(refused.stderr).toContain(project);
    expect(refused.stderr).toMatch(/32 MB are needed/);
    expect(await readdir(disk.folder)).toEqual([]);
  });

  test('no room for the database at all is refused with 75 and named', async ({ skip }) => {
    const disk = await aSmallDisk('size=8m');
    if (typeof disk === 'string') return skip(disk);
    await using _ = disk;
    await using small = await aSmallRun();
    const env = { HARNESS_HOME: disk.folder, DATABASE_URL: undefined };
    const refused = await small.bench.run(RUN, { env });
    proveExit(refused, 75);
    expect(refused.stderr).toContain(`${disk.folder}/postgres; free at least 100 MB`);
  });
});

interface Filling {
  readonly small: SmallRun;
  readonly disk: SmallDisk;
  readonly options: StartOptions;
  /** Bytes that are left when the run has begun to build. */
  readonly leave: number;
  readonly at?: readonly string[];
}

/**
 * A run whose disk fills up under way, a resume while it is full, and one with room again; the
 * seconds are those from the filling to the end.
 */
async function filledUnderWay({ small, disk, options, leave, at = [] }: Filling): Promise<{
  readonly exits: readonly (number | null)[];
  readonly seconds: number;
  /** What `status` said of the run while the disk was full. */
  readonly status: string;
}> {
  const { bench } = small;
  const running = bench.start([...RUN, ...at], options);
  await running.heard(/initialize: started/);
  await disk.fill(leave);
  const began = performance.now();
  const ended = await running.ended;
  const seconds = (performance.now() - began) / 1000;
  proveExit(ended, 75);
  expect(ended.stdout + ended.stderr).toMatch(/no space left/i);
  expect(ended.stdout + ended.stderr).toContain(disk.folder);
  const status = await bench.run(['status', '--json', ...at], options);
  const refused = await bench.run([...RESUME, ...at], options);
  proveExit(refused, 75);
  expect(refused.stderr).toContain(disk.folder);
  await disk.free();
  const whole = await bench.run([...RESUME, ...at], options);
  proveExit(whole, 0);
  return { exits: [ended.exit, refused.exit, whole.exit], seconds, status: status.stdout };
}

const EXITS = [75, 75, 0];

describe('under way', () => {
  // The quick part has the harder one alone.
  test.for([['full', 0] as const, ...(quickOnly ? [] : [['nearly full', 30_000_000] as const])])(
    'a data folder that gets %s parks the run, and it goes on with room again',
    { timeout: 300_000 },
    async ([, leave], { skip }) => {
      const disk = await aSmallDisk('size=400m');
      if (typeof disk === 'string') return skip(disk);
      await using _ = disk;
      await using small = await aSmallRun();
      const options = { env: { HARNESS_HOME: disk.folder } };
      const story = await filledUnderWay({ small, disk, options, leave });
      expect(story.exits).toEqual(EXITS);
      expect(story.status).toContain('"status":"limited"');
      expect(story.seconds).toBeLessThan(90);
    },
  );

  test.skipIf(quickOnly).for([
    ['json', 'backend: { type: json }\n'],
    ['postgres', ''],
  ] as const)(
    'a full disk of the project parks the run, and it goes on with room again: tracker %s',
    { timeout: 300_000 },
    async ([, yaml], { skip }) => {
      const disk = await aSmallDisk('size=60m');
      if (typeof disk === 'string') return skip(disk);
      await using _ = disk;
      await using small = await aSmallRun({ yaml });
      const at = ['--project-dir', join(disk.folder, 'mine')];
      const story = await filledUnderWay({ small, disk, options: {}, leave: 0, at });
      expect(story.exits).toEqual(EXITS);
      expect(story.status).toContain('"status":"limited"');
      expect(story.seconds).toBeLessThan(90);
    },
  );

  test.skipIf(quickOnly)(
    'a full disk under the embedded database ends the run, and it goes on with room again',
    { timeout: 300_000 },
    async ({ skip }) => {
      const disk = await aSmallDisk('size=500m');
      if (typeof disk === 'string') return skip(disk);
      await using _ = disk;
      await using small = await aSmallRun();
      const options = { env: { HARNESS_HOME: disk.folder, DATABASE_URL: undefined } };
      const story = await filledUnderWay({ small, disk, options, leave: 0 });
      expect(story.exits).toEqual(EXITS);
      expect(story.seconds).toBeLessThan(90);
    },
  );
});
