import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { builtProgram } from '../support/built-program.ts';
import { aBench, type Bench, type Ended } from '../support/harness-cli.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await aBench({ program: await builtProgram() });
});

afterAll(() => bench[Symbol.asyncDispose]());

test('nothing is known where nothing ever ran, and no server is started to find out', async () => {
  const ended = await bench.run(['status']);
  expect([ended.exit, ended.stdout]).toEqual([2, '']);
  expect(ended.stderr).toMatch(/^harness: No project yet: .*\n$/u);
  expect(existsSync(join(bench.home, 'postgres'))).toBe(false);
});

test('R-152 a worker without a database names both remedies', async () => {
  const ended = await bench.run(['worker']);
  expect([ended.exit, ended.stderr]).toEqual([
    2,
    expect.stringMatching(/DATABASE_URL is not set.*`json`/u),
  ]);
});

test('R-150 without a credential a run ends with 4 and names both variables and the remedy', async () => {
  const ended = await bench.run(['run', '--idea', 'a shop']);
  expect(ended.exit).toBe(4);
  for (const word of ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN', '`claude setup-token`'])
    expect(ended.stderr).toContain(word);
});

async function validate(yaml: string): Promise<Ended> {
  await writeFile(join(bench.folder, 'given.yaml'), yaml);
  return bench.run(['config', 'validate', '--config', 'given.yaml']);
}

describe('the configuration', () => {
  test('that is no YAML is refused with its place', async () => {
    const ended = await validate('project:\n  name: [shop\n');
    expect([ended.exit, ended.stderr]).toEqual([
      2,
      expect.stringMatching(/given\.yaml:\d+:\d+: /u),
    ]);
  });

  test('with an unknown key or a missing variable is refused with both places', async () => {
    const ended = await validate('autonmy: full\nproject:\n  name: ${NAME_OF_NOTHING}\n');
    expect(ended.exit).toBe(2);
    expect(ended.stderr).toMatch(/given\.yaml:1:1: .*autonmy.*did you mean autonomy/u);
    expect(ended.stderr).toMatch(/given\.yaml:3:\d+: .*NAME_OF_NOTHING/u);
  });

  test('that is good is called so, and shown with the values of the file', async () => {
    expect((await validate('items: { max_attempts: 7 }\n')).stdout).toBe('given.yaml is valid.\n');
    const shown = await bench.run(['config', 'show', '--config', 'given.yaml', '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ items: { max_attempts: 7 } });
  });
});

test('help needs nothing and lists every command', async () => {
  const ended = await bench.run([]);
  expect([ended.exit, ended.stderr]).toEqual([0, '']);
  for (const word of ['run', 'resume', 'status', 'why', 'items', 'logs', 'doctor', 'completion'])
    expect(ended.stdout).toMatch(new RegExp(`^  ${word}\\b`, 'mu'));
});

test('a reader that goes away ends a command quietly', async () => {
  const as = ['sh', '-c', '"$@" | head -1', 'sh'];
  const ended = await bench.run(['config', 'schema'], { as });
  expect([ended.exit, ended.stdout.trim(), ended.stderr]).toEqual([0, '{', '']);
});

test('init writes both files once and overwrites nothing', async () => {
  const first = await bench.run(['init', 'fresh']);
  expect([first.exit, first.stdout.split('\n').length]).toEqual([0, 3]);
  const second = await bench.run(['init', 'fresh']);
  expect([second.exit, second.stderr]).toEqual([2, expect.stringContaining('nothing was written')]);
});

test('completion gives a script, and the words that fit', async () => {
  expect((await bench.run(['completion', 'bash'])).stdout).toContain('complete -F');
  expect((await bench.run(['complete', '--', 'items', 'sk'])).stdout).toMatch(/^skip\t/u);
});

test('a faulty configuration is one finding of doctor, and the others are looked for all the same', async () => {
  const file = join(bench.folder, 'faulty.yaml');
  await writeFile(file, 'agnt: {}\n');
  const ended = await bench.run(['doctor', '--config', file]);
  expect(ended.exit).toBe(2);
  expect(ended.stdout).toMatch(/^NO +configuration +.*unknown key agnt; did you mean agent\?$/mu);
  expect(ended.stdout).toMatch(/^ok +git /mu);
});

test('doctor says line by line what is there and ends with what is missing', async () => {
  const ended = await bench.run(['doctor', '--json']);
  for (const part of ['node', 'git', 'credential', 'agent', 'sandbox', 'database', 'disk'])
    expect(ended.stdout).toContain(`{"part":"${part}","state":`);
  expect(ended.exit).toBe(4);
});

test('doctor says that further indexes of pip are not used, and nothing of it where there are none', async () => {
  const env = { PIP_EXTRA_INDEX_URL: 'https://me:pw-of-me@extra.example/simple' };
  const [further, without] = [await bench.run(['doctor'], { env }), await bench.run(['doctor'])];
  expect(further.stdout).toContain(
    "pip's extra-index-url is not used: https://extra.example/simple/",
  );
  expect(further.stdout).not.toContain('pw-of-me');
  expect(without.stdout).not.toContain('extra-index-url');
});

const words = ['setpriv', '--reuid', '54321', '--clear-groups'] as const;

/** Whether this process can become a user whom no file names, and that one can start the program. */
const nameless =
  process.getuid?.() === 0 &&
  [process.execPath, import.meta.filename].every(
    (path) => spawnSync(words[0], [...words.slice(1), 'test', '-r', path]).status === 0,
  );

test.skipIf(!nameless)(
  'a user without a home is told what to set, and needs none once it is (skipped where nobody can become one)',
  async () => {
    const env = { HOME: undefined, HARNESS_HOME: undefined };
    const ended = await bench.run(['status'], { as: words, env, cwd: '/' });
    expect([ended.exit, ended.stderr]).toEqual([
      2,
      expect.stringMatching(/^harness: User 54321 has no home folder: .*set HARNESS_HOME/u),
    ]);
    const set = await bench.run(['status'], {
      as: words,
      env: { ...env, HARNESS_HOME: '/tmp' },
      cwd: '/',
    });
    expect([set.exit, set.stderr]).toEqual([2, expect.stringContaining('No project yet')]);
  },
);

test('without git on PATH a run says so and makes nothing', async () => {
  await using database = await testDatabase();
  const bare = join(bench.folder, 'bare-bin');
  await mkdir(bare);
  await symlink(process.execPath, join(bare, 'node'));
  const env = { PATH: bare, DATABASE_URL: database.url, ANTHROPIC_API_KEY: 'sk-none' };
  const ended = await bench.run(['run', '--idea', 'a shop', '--project-dir', 'shop'], { env });
  expect([ended.exit, ended.stderr]).toEqual([2, expect.stringContaining('git is not installed')]);
  expect(existsSync(join(bench.folder, 'shop'))).toBe(false);
});

test('a folder with files of somebody else is left alone', async () => {
  await using database = await testDatabase();
  const folder = join(bench.folder, 'full');
  await mkdir(folder);
  await writeFile(join(folder, 'main.py'), 'print()\n');
  const env = { DATABASE_URL: database.url, ANTHROPIC_API_KEY: 'sk-none' };
  const ended = await bench.run(['run', '--idea', 'a shop', '--project-dir', 'full'], { env });
  expect([ended.exit, ended.stderr]).toEqual([2, expect.stringContaining('holds files')]);
  expect(await readdir(folder)).toEqual(['main.py']);
});

test('code that is to exist and does not is asked for, and a rehearsal says that it follows no idea', async () => {
  await using database = await testDatabase();
  const env = { DATABASE_URL: database.url };
  const wrong = ['--existing', '--project-dir', 'tpyo', '--rehearse'];
  const ended = await bench.run(['run', '--idea', 'a shop', ...wrong], { env });
  expect([ended.exit, ended.stderr]).toEqual([
    2,
    expect.stringMatching(/builds its reading-list, whatever the idea.*tpyo does not exist/su),
  ]);
  expect(existsSync(join(bench.folder, 'tpyo'))).toBe(false);
});

test('a wrong flag is answered with the help of its command, as the person may type it', async () => {
  const ended = await bench.run(['status', '--frob']);
  expect(ended.exit).toBe(2);
  expect(ended.stderr).toMatch(/^\(`node .*bin\.\w+ status --help` shows what there is\)$/mu);
});
