import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, symlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit, USUAL_PATH, type Bench } from '../support/harness-cli.ts';
import { aSmallRun } from '../support/small-run.ts';

/** An ordinary user without a name, as containers have them. */
const UID = 12_345;
const AS_USER = ['setpriv', `--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', '--'];

const SINGLE_YAML =
  'phases: { ideation: { pattern: single }, architecture: { pattern: single } }\n';

/** A PATH with everything of the usual one, bubblewrap aside. */
async function pathWithoutBwrap(bench: Bench): Promise<string> {
  const folder = join(bench.folder, '..', 'programs');
  await mkdir(folder);
  for (const name of await readdir('/usr/bin'))
    if (name !== 'bwrap') await symlink(join('/usr/bin', name), join(folder, name));
  return `${dirname(process.execPath)}:${folder}`;
}

/** Why an ordinary user cannot run this checkout here; undefined: one can. */
async function whyNoUser(): Promise<string | undefined> {
  if (userInfo().uid !== 0) return 'only root can become another user';
  const bin = join(import.meta.dirname, '../../src/cli/bin.ts');
  const words = [...AS_USER.slice(1), process.execPath, bin, '--version'];
  try {
    await promisify(execFile)('setpriv', words, { env: { PATH: USUAL_PATH } });
    return undefined;
  } catch {
    return 'another user cannot read this checkout';
  }
}

const noUser = await whyNoUser();

test('without bubblewrap no real model works: 5, with the remedy', async () => {
  await using small = await aSmallRun();
  const PATH = await pathWithoutBwrap(small.bench);
  const words = ['run', '--idea', 'A module that converts feet.', '--no-interactive'];
  const refused = await small.bench.run(words, { env: { PATH } });
  proveExit(refused, 5);
  expect(refused.stderr).toMatch(/bubblewrap/);
  expect(small.asks).toEqual([]);
});

test.skipIf(quickOnly)(
  'without bubblewrap a rehearsal says that nothing is sealed, and goes on',
  { timeout: 400_000 },
  async () => {
    await using bench = await aBench({ yaml: SINGLE_YAML });
    const PATH = await pathWithoutBwrap(bench);
    const running = bench.start(['run', '--rehearse', '--no-interactive'], { env: { PATH } });
    await running.heard(/NOT SEALED/);
    await running.heard(/: done, proved/);
    running.signal('SIGINT');
    const ended = await running.ended;
    expect(ended.stdout).toContain('stopped');
    proveExit(ended, 130);
  },
);

test.skipIf(quickOnly)(
  'an ordinary user needs nothing of root',
  { timeout: 600_000 },
  async ({ skip }) => {
    skip(noUser !== undefined, noUser);
    await using bench = await aBench({ yaml: SINGLE_YAML });
    const root = dirname(bench.folder);
    for (const folder of [root, bench.folder]) await chown(folder, UID, UID);
    const ended = await bench.run(['run', '--rehearse', '--no-interactive'], { as: AS_USER });
    proveExit(ended, 0);
    expect(ended.stdout).toContain('Built 10 of 10 work items');
  },
);
