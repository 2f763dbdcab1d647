/** About a minute where there is a Docker daemon, with the image of Postgres at hand; skipped elsewhere. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from '../containers/compose-file.ts';
import { findCompose } from '../containers/find-compose.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { freePort } from '../support/loopback.ts';

const run = promisify(execFile);

async function whyNot(): Promise<string | null> {
  if (quickOnly) return 'left out of the quick part';
  if ((await findCompose()) === null) return 'no Compose from 2.20 on is installed';
  const daemon = await run('docker', ['info']).catch(() => null);
  return daemon === null ? 'no Docker daemon answers' : null;
}

const skipped = await whyNot();

/** The file with other names throughout: the real ones may be in use here, with somebody's data. */
async function copyWithOtherNames(mark: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'harness-compose-'));
  const text = await readFile(join(ROOT, 'docker-compose.yml'), 'utf8');
  const file = join(folder, 'docker-compose.yml');
  const renamed = text
    .replaceAll(/^(\s+container_name: |\s+name: |name: )(\S+)$/gmu, `$1$2-${mark}`)
    .replaceAll('./docker/', `${ROOT}/docker/`);
  await writeFile(file, renamed);
  return folder;
}

test.skipIf(skipped !== null)(
  `R-066 down keeps the data, down -v deletes it with the volume${skipped === null ? '' : ` (skipped: ${skipped})`}`,
  async () => {
    const mark = randomBytes(4).toString('hex');
    const folder = await copyWithOtherNames(mark);
    const port = String(await freePort());
    await writeFile(join(folder, '.env'), `POSTGRES_PORT=${port}\n`);
    const [program = '', ...words] = (await findCompose()) ?? [];
    const compose = (...more: readonly string[]) =>
      run(program, [...words, '--profile', 'with-db', ...more], { cwd: folder });
    const sql = (statement: string) =>
      compose('exec', '-T', 'postgres', 'psql', '-U', 'postgres', '-Atc', statement);
    const volume = () =>
      run('docker', ['volume', 'inspect', `coding-agent-harness-data-${mark}`]).then(
        () => 'there',
        () => 'gone',
      );
    try {
      await compose('up', '-d', '--wait', 'postgres');
      await sql('create table kept as select 42 as answer');
      await compose('down');
      expect(await volume()).toBe('there');
      await compose('up', '-d', '--wait', 'postgres');
      expect((await sql('select answer from kept')).stdout).toBe('42\n');
      await compose('down', '-v');
      expect(await volume()).toBe('gone');
    } finally {
      await compose('down', '-v');
      await rm(folder, { recursive: true, force: true });
    }
  },
  300_000,
);
