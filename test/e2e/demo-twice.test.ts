import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { sessionsIn, trackerIn } from '../support/demo-project.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit } from '../support/harness-cli.ts';

// About 60 s.
test.skipIf(quickOnly)(
  'R-028 a second process in the same folder is refused with the cause, and after Ctrl-C the same command goes on',
  { timeout: 600_000 },
  async () => {
    await using database = await testDatabase();
    await using bench = await aBench({ databaseUrl: database.url });
    const project = join(bench.folder, 'ledger');
    const words = ['--tracker', 'local', '--issues', '1', '--project-dir', project];
    const demo = ['demo', '--rehearse', ...words];
    const first = bench.start(demo);
    await first.heard(/\[1\/1 issues\]/u);

    const second = await bench.run(demo);
    proveExit(second, 2);
    expect(second.stderr).toMatch(
      /Demo mode is running in \S+ledger, and another process carries it out.*stop --project-dir/u,
    );

    first.signal('SIGINT');
    const stopped = await first.ended;
    proveExit(stopped, 130);
    expect(stopped.stdout).not.toContain('[1/1 issues done]');

    const third = await bench.run(demo);
    proveExit(third, 0);
    expect(third.stdout).toContain('[1/1 issues done]');
    const issues = await trackerIn(database.url);
    expect(issues).toHaveLength(2);
    expect(issues.filter(({ status }) => status === 'done')).toHaveLength(1);
    expect((await sessionsIn(bench, project)).at(-1)).toBe('coder');
  },
);
