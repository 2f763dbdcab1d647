import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJournal, readWayBack } from '../../../src/adapters/store/migrations/journal.ts';
import { revise } from '../../../src/adapters/store/revise.ts';

const PACKAGE = join(import.meta.dirname, '../../..');

let checkout: string;

/** What a checkout has of the tables, with the dependencies of this one. */
beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'harness-checkout-'));
  await mkdir(join(checkout, 'src/adapters'), { recursive: true });
  for (const path of ['package.json', 'drizzle.config.ts', 'migrations', 'src/adapters/store'])
    await cp(join(PACKAGE, path), join(checkout, path), { recursive: true });
  for (const path of ['node_modules', 'src/domain', 'src/work'])
    await symlink(join(PACKAGE, path), join(checkout, path));
});

afterAll(() => rm(checkout, { recursive: true }));

const order = (message: string) => ({ packageFolder: checkout, message });

test('R-068 without a change of the tables it says so, and writes nothing', async () => {
  const before = await readJournal(join(checkout, 'migrations'));
  await expect(revise(order('Nothing new'))).rejects.toMatchObject({ code: 'NOTHING_CHANGED' });
  expect(await readJournal(join(checkout, 'migrations'))).toEqual(before);
});

test('R-068 a changed table becomes the next migration, and its way back waits to be written', async () => {
  const file = join(checkout, 'src/adapters/store/run-tables.ts');
  const text = await readFile(file, 'utf8');
  const column = "\n  color: text().notNull().default('red'),\n";
  await writeFile(
    file,
    text.replace('name: prose().notNull(),\n', (line) => `${line}${column}`),
  );
  const { up, down } = await revise(order('Paint each PROJECT; its color'));
  expect(up).toMatch(/migrations\/\d{4}_paint_each_project_its_color\.sql$/u);
  expect(await readFile(up, 'utf8')).toMatch(/ALTER TABLE "harness"."project" ADD COLUMN "color"/u);
  expect(down).toBe(up.replace(/\.sql$/u, '.down.sql'));
  const folder = join(checkout, 'migrations');
  const newest = (await readJournal(folder)).at(-1);
  if (newest === undefined) throw new Error('no migration');
  await expect(readWayBack(folder, newest)).rejects.toMatchObject({ code: 'NO_WAY_BACK' });
  await expect(revise(order('again'))).rejects.toMatchObject({ code: 'NOTHING_CHANGED' });
});

test('outside a checkout, and without a word for a name, it is refused', async () => {
  const packageFolder = join(checkout, 'migrations');
  const refusal = { code: 'NOT_A_CHECKOUT', exit: 2 };
  await expect(revise({ packageFolder, message: 'x' })).rejects.toMatchObject(refusal);
  await expect(revise(order(' ; '))).rejects.toMatchObject({ code: 'REVISION_UNNAMED', exit: 2 });
});
