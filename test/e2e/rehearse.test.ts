import { execFile } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { SNAPSHOT_FILE } from '../../src/delivery/snapshot.ts';
import { PHASES } from '../../src/domain/phase.ts';
import { aBench, proveExit, USUAL_PATH, type Ended } from '../support/harness-cli.ts';
import { lookUntil, readSnapshotIn } from '../support/snapshot-looks.ts';

const run = promisify(execFile);
const REHEARSE = ['run', '--rehearse', '--no-interactive', '--json'];

/** What each planted fault is called once it was caught. */
const CAUGHT = [
  'refused plan',
  'failing check',
  'unproved claim',
  'model overloaded',
  'dropped stream',
  'stalled session',
  'conflict',
];

const summarySchema = z.object({
  type: z.literal('summary'),
  caught: z.array(z.object({ kind: z.string(), where: z.string(), what: z.string() })),
});

function caughtBy({ stdout }: Ended): Set<string> {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return new Set(summarySchema.parse(JSON.parse(last)).caught.map(({ kind }) => kind));
}

/** Own tests green, nothing uncommitted, the plans in history. */
async function proveBuilt(project: string): Promise<void> {
  await run(process.execPath, ['--test'], { cwd: project, env: { PATH: USUAL_PATH } });
  const git = async (...args: string[]) =>
    (await run('git', ['-c', 'safe.directory=*', ...args], { cwd: project })).stdout;
  expect(await git('status', '--porcelain')).toBe('');
  const plans = ['architecture', 'requirements', 'tasks', 'test_report'];
  expect((await git('ls-files', 'PRPs/plans')).trim().split('\n')).toEqual(
    plans.map((name) => `PRPs/plans/${name}.md`),
  );
}

test(
  'a rehearsal builds a tested application, catches every planted fault, and starts over when it is repeated',
  { timeout: 900_000 },
  async () => {
    await using bench = await aBench();
    const project = join(bench.folder, 'workspaces', 'reading-list');
    const first = bench.start(REHEARSE);
    const looks = await lookUntil(project, first.ended);
    const ended = await first.ended;
    proveExit(ended, 0);

    await proveBuilt(project);
    expect([...caughtBy(ended)].toSorted()).toEqual(expect.arrayContaining(CAUGHT.toSorted()));

    expect(looks.length).toBeGreaterThan(10);
    const times = looks.map((look) => look.updated_at);
    expect(times).toEqual(times.toSorted());
    const last = await readSnapshotIn(project);
    expect(last).toMatchObject({ status: 'completed', work: { total: 10, done: 10 } });
    expect(PHASES.map((name) => last.phases[name].status)).toEqual(PHASES.map(() => 'completed'));

    // The items of this one are in the database, those of the next one in the file.
    await expect(access(join(project, '.work_items.json'))).rejects.toThrow('ENOENT');
    const stored = await bench.run(['status', '--json', '--project-dir', project]);
    expect(JSON.parse(stored.stdout)).toMatchObject({ work: { total: 10, done: 10 } });

    await writeFile(join(project, 'left-behind.txt'), 'of the first rehearsal\n');
    await writeFile(join(bench.folder, 'orchestrator.yaml'), 'backend: { type: json }\n');
    const again = await bench.run(REHEARSE);
    proveExit(again, 0);
    await proveBuilt(project);
    await expect(access(join(project, 'left-behind.txt'))).rejects.toThrow('ENOENT');
    const items = z
      .object({ work_items: z.array(z.object({ key: z.string(), status: z.string() })) })
      .parse(JSON.parse(await readFile(join(project, '.work_items.json'), 'utf8'))).work_items;
    expect(items.filter(({ status }) => status === 'done')).toHaveLength(10);
    expect((await readSnapshotIn(project)).run_id).not.toBe(last.run_id);
  },
);

test.each(['plain files', 'a repository'])(
  'a rehearsal never touches a folder that is not its own: %s',
  async (kind) => {
    await using bench = await aBench();
    const project = join(bench.folder, 'workspaces', 'reading-list');
    await mkdir(project, { recursive: true });
    await writeFile(join(project, 'mine.c'), 'int main(void) { return 0; }\n');
    const git = (...args: string[]) => run('git', args, { cwd: project });
    if (kind === 'a repository') {
      await git('init', '--quiet');
      await git('add', '--all');
      await git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', 'mine');
    }
    const refused = await bench.run(REHEARSE);
    proveExit(refused, 2);
    expect(await readFile(join(project, 'mine.c'), 'utf8')).toContain('main');
    await expect(access(join(project, SNAPSHOT_FILE))).rejects.toThrow('ENOENT');
    await expect(access(join(project, '.harness'))).rejects.toThrow('ENOENT');
  },
);
