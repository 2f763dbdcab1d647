import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startRehearsalModel } from '../../src/rehearsal/model.ts';
import { unsealable } from '../safety/a-box.ts';
import { testDatabase } from '../support/database.ts';
import { adderWithService, ENVIRONMENT_YAML } from '../support/environment-scenario.ts';
import { aBench, proveExit, type Ended } from '../support/harness-cli.ts';
import { SMALL_YAML } from '../support/small-run.ts';
import { aRegistry } from '../workspaces/environment-registry.ts';

test.skipIf(unsealable !== undefined)(
  `an application with a package and a service is built: one download, sealed, copied everywhere (skipped without ${unsealable ?? 'a box'})`,
  { timeout: 300_000 },
  async () => {
    await using database = await testDatabase();
    await using bench = await aBench({
      databaseUrl: database.url,
      yaml: SMALL_YAML + ENVIRONMENT_YAML,
    });
    const userHome = dirname(bench.folder);
    await using registry = await aRegistry(userHome);
    await writeFile(join(userHome, '.npmrc'), `registry=${registry.url}\n`);
    const model = await startRehearsalModel({
      scenario: adderWithService(registry.integrity),
      clock: Date,
    });
    try {
      const env = { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'a-key-nobody-checks' };
      const args = ['run', '--no-interactive', '--json', '--idea', 'A program that adds.'];
      const project = join(bench.folder, 'adder');
      const ended = await bench.run([...args, '--project-dir', project], { env });
      proveExit(ended, 0);

      expect(registry.requests).toEqual(['/tiny-adder/-/tiny-adder-1.2.3.tgz']);
      expect(typesIn(ended).filter((type) => type === 'environment.prepared')).toHaveLength(1);
      expect(await readdir(join(bench.home, 'environments'))).toHaveLength(1);
      expect(await readFile(join(project, 'total.js'), 'utf8')).toContain('tiny-adder');
      expect(await readdir(project)).not.toContain('node_modules');
    } finally {
      await model.close();
    }
  },
);

function typesIn({ stdout }: Ended): readonly string[] {
  return stdout.split('\n').flatMap((line) => {
    const type = /"type":"(?<name>[a-z._]+)"/u.exec(line)?.groups?.['name'];
    return type === undefined ? [] : [type];
  });
}
