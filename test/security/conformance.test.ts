import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SYSTEM_PATH, unsealable } from '../safety/a-box.ts';
import { PROBES } from './conformance/probes.ts';
import type { Report } from './conformance/run-probes.ts';

/** All probes, or as many as make a proof; which ones is the seed's choice. */
const COUNT = process.env['SECURITY_PART'] === 'full' ? PROBES.length : 70;
const SEED = process.env['SECURITY_SEED'] ?? randomBytes(4).toString('hex');

/** The promise: so many ways out, each open without a box, all closed by it. */
const LEAST = 60;

const RUNNER = join(import.meta.dirname, 'conformance/run-probes.ts');

/** Has no account, as in a container. */
const UID = 54_321;

type Who = 'root' | 'user';

const isRoot = process.getuid?.() === 0;

/** Words that start a program as somebody; undefined: this process can't. */
function wordsFor(who: Who): readonly string[] | undefined {
  if (!isRoot) return who === 'user' ? [] : undefined;
  const drop = ['setpriv', `--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', '--'];
  return who === 'root' ? [] : drop;
}

/** Why somebody can't carry out the probes here; undefined: it can. */
async function whyNot(who: Who): Promise<string | undefined> {
  if (unsealable !== undefined) return `there is no ${unsealable}`;
  const words = wordsFor(who);
  if (words === undefined) return 'this is not root';
  const [program, ...rest] = [...words, process.execPath, '--check', RUNNER] as const;
  return promisify(execFile)(program, rest).then(
    () => undefined,
    () => 'another user cannot read this checkout',
  );
}

async function probesAs(who: Who): Promise<Report> {
  const canary = `probe-canary-${randomBytes(8).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  if (isRoot && who === 'user') await chown(folder, UID, UID);
  const run = [process.execPath, RUNNER, canary, SEED, String(COUNT)] as const;
  const [program, ...rest] = [...(wordsFor(who) ?? []), ...run] as const;
  const env = { PATH: SYSTEM_PATH, HOME: folder, TMPDIR: folder, SECRET: canary };
  const { stdout } = await promisify(execFile)(program, rest, { env, maxBuffer: 64 * 1024 ** 2 });
  return JSON.parse(stdout);
}

describe.each(['root', 'user'] as const)('the sealed session as %s', async (who) => {
  const obstacle = await whyNot(who);
  test.skipIf(obstacle !== undefined)(
    `I8 no probe gets out that gets through without a box (seed ${SEED}${obstacle === undefined ? '' : `; skipped: ${obstacle}`})`,
    { timeout: 600_000 },
    async () => {
      const { tried, ends, leaked } = await probesAs(who);
      expect(ends).toEqual({ unsealed: 'completed', sealed: 'completed' });
      const silent = tried.filter(({ unsealed, sealed }) => !unsealed.heard || !sealed.heard);
      expect(silent, 'probes without an answer').toEqual([]);
      const proveNothing = tried.filter(({ unsealed }) => !unsealed.through);
      expect(proveNothing, 'probes that fail also without a box').toEqual([]);
      expect(tried.filter(({ sealed }) => sealed.through)).toEqual([]);
      expect(tried.length).toBeGreaterThanOrEqual(LEAST);
      expect(leaked, 'files that hold the credential').toEqual([]);
    },
  );
});
