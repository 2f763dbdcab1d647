import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { outputAs, whyNot } from './as-somebody.ts';
import type { WorkReport } from './work/run-work.ts';

const RUNNER = join(import.meta.dirname, 'work/run-work.ts');

describe.each(['root', 'user'] as const)('ordinary work in a sealed session as %s', async (who) => {
  const obstacle = await whyNot(who, RUNNER);
  test.skipIf(obstacle !== undefined)(
    `npm installs, node runs, a server of one command answers the next and the browser, git commits${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`,
    async () => {
      const report = await worked(who);
      const { outputs } = report;
      expect(report.end).toMatchObject({ end: { status: 'completed' } });
      expect(outputs.installed).toMatch(/added 1 package[^]*yes$/u);
      expect(outputs.ran).toBe('5');
      expect(outputs.started).toBe('started');
      expect(outputs.fetched).toContain('made by a script');
      expect(outputs.committed).toContain('first\n');
      expect(outputs.committed).toContain('server.js');
      expect(report.registryAsked).toContain('/tiny-adder/-/tiny-adder-1.2.3.tgz');
      expect(report.hosts).toEqual([expect.stringMatching(/^operator\.internal:\d+$/u)]);
      if (report.kept === null) return;
      expect(outputs.seen).toContain('42 made by a script');
      expect(outputs.away).toContain('ERR_INTERNET_DISCONNECTED');
      expect(outputs.unlisted).toMatch(/No such tool|not one of your tools/u);
      expect(report.kept).toMatchObject({ screenshots: [{ file: '01-sum.png' }], left: 0 });
    },
  );
});

async function worked(who: 'root' | 'user'): Promise<WorkReport> {
  return JSON.parse(await outputAs(who, { program: RUNNER, args: [], env: {} }));
}
