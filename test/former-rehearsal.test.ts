import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../src/config/load-config.ts';
import { openApp, type App } from '../src/open-app.ts';
import { prepareProject, type ProjectOrder } from '../src/project.ts';
import { testDatabase, type TestDatabase } from './support/database.ts';
import { USUAL_PATH } from './support/harness-cli.ts';
import { makeRepository, userGit } from './workspaces/a-project.ts';

let root: string;
let database: TestDatabase;
let app: App;
beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'harness-former-')));
  database = await testDatabase();
  const env = {
    HARNESS_HOME: join(root, 'home'),
    HOME: root,
    PATH: USUAL_PATH,
    DATABASE_URL: database.url,
  };
  const config = loadConfig({ file: null, env, flags: {}, cwd: root });
  app = await openApp({ config, path: USUAL_PATH, homeFolder: root, log: () => undefined });
});
afterAll(async () => {
  await app.close();
  await database[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

let directory: string;
let serial = 0;
beforeEach(() => {
  serial += 1;
  directory = join(root, `shop-${serial}`);
});

function prepared(order: Partial<ProjectOrder> = {}) {
  return prepareProject(app, {
    directory,
    name: 'shop',
    existing: false,
    rehearsal: true,
    notice: () => undefined,
    ...order,
  });
}

/** Other folders that this one's name begins. */
const kept = (): string[] =>
  readdirSync(root).filter((name) => name.startsWith(`shop-${serial}.kept-`));

test('a rehearsal takes the place of one that left nothing but its own', async () => {
  await prepared();
  await prepared();
  expect(kept()).toEqual([]);
});

test.each(['on its branch', 'on another branch', 'in a stash'])(
  'I1 what a person committed after a rehearsal, %s, is kept when it is repeated',
  async (where) => {
    await prepared();
    writeFileSync(join(directory, 'mine.txt'), 'mine\n');
    userGit(directory, 'add', '-A');
    if (where === 'on another branch') userGit(directory, 'switch', '-qc', 'mine');
    if (where === 'in a stash') userGit(directory, 'stash');
    else userGit(directory, 'commit', '-qm', 'mine');
    if (where === 'on another branch') userGit(directory, 'switch', '-q', 'main');
    await prepared();
    expect(kept()).toHaveLength(1);
    const aside = join(root, kept()[0] ?? '');
    expect(execFileSync('git', ['log', '--all', '-p'], { cwd: aside, encoding: 'utf8' })).toContain(
      '+mine',
    );
  },
);

test.each([true, false])(
  "nobody's repository is rehearsed in (--existing: %s), and nothing there is touched",
  async (existing) => {
    mkdirSync(directory);
    makeRepository(directory, { 'mine.c': 'int main(void) { return 0; }\n' });
    const before = readdirSync(directory);
    await expect(prepared({ existing })).rejects.toMatchObject({
      code: 'REHEARSAL_ELSEWHERE',
      exit: 2,
    });
    expect(readdirSync(directory)).toEqual(before);
    expect(kept()).toEqual([]);
  },
);

test("I1 a rehearsal's own folder is gone on with when --existing says so", async () => {
  await prepared();
  const before = join(directory, '.git/description');
  writeFileSync(before, 'of the first\n');
  await prepared({ existing: true });
  expect(readFileSync(before, 'utf8')).toBe('of the first\n');
});

test.each([
  ['.env', 1],
  ['data/orders.db', 1],
  ['node_modules/left-pad/index.js', 0],
])('I1 what git ignores is kept unless anybody can make it again: %s', async (path, aside) => {
  await prepared();
  writeFileSync(join(directory, '.git/info/exclude'), '.env\ndata/\nnode_modules/\n.harness\n');
  mkdirSync(join(directory, path, '..'), { recursive: true });
  writeFileSync(join(directory, path), 'mine\n');
  await prepared();
  const files = kept().map((name) => readFileSync(join(root, name, path), 'utf8'));
  expect(files).toEqual(Array.from({ length: aside }, () => 'mine\n'));
});

test('I1 what a real run built where a rehearsal was is not replaced by another rehearsal', async () => {
  await prepared();
  await prepared({ rehearsal: false });
  const before = join(directory, '.git/description');
  writeFileSync(before, 'of the real run\n');
  await expect(prepared()).rejects.toMatchObject({ code: 'REHEARSAL_ELSEWHERE' });
  expect(existsSync(before)).toBe(true);
});

test.each(['.harness', '.harness/transcripts'])(
  'what a repository put as a link at %s is not written through',
  async (name) => {
    const elsewhere = join(root, `elsewhere-${serial}`);
    mkdirSync(elsewhere);
    makeRepository(directory, {
      'a.txt': 'a\n',
      ...(name === '.harness' ? {} : { '.harness/note': 'n\n' }),
    });
    symlinkSync(elsewhere, join(directory, name));
    const refused = prepared({ existing: true, rehearsal: false });
    await expect(refused).rejects.toMatchObject({ code: 'OWN_FOLDER_REPLACED', exit: 2 });
    expect(readdirSync(elsewhere)).toEqual([]);
  },
);
