import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BOTH, outputAs, whyNot } from './as-somebody.ts';
import { PROBES } from './conformance/probes.ts';
import type { Report } from './conformance/run-probes.ts';

/** All probes, or as many as make a proof; which ones is the seed's choice. */
const COUNT = process.env['SECURITY_PART'] === 'full' ? PROBES.length : 70;
const SEED = process.env['SECURITY_SEED'] ?? randomBytes(4).toString('hex');

/** The promise: so many ways out, each open without a box, all closed by it. */
const LEAST = 60;

const RUNNER = join(import.meta.dirname, 'conformance/run-probes.ts');

describe.each(BOTH)('the sealed session as %s', async (who) => {
  const obstacle = await whyNot(who, RUNNER);
  test.skipIf(obstacle !== undefined)(
    `I8 no probe gets out that gets through without a box (seed ${SEED}${obstacle === undefined ? '' : `; skipped: ${obstacle}`})`,
    { timeout: 600_000 },
    async () => {
      const canary = `probe-canary-${randomBytes(8).toString('hex')}`;
      const args = [canary, SEED, String(COUNT)];
      const errand = { program: RUNNER, args, env: { SECRET: canary } };
      const { tried, ends, leaked }: Report = JSON.parse(await outputAs(who, errand));
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
