import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FATES, shownCommands, wordsOf } from './commands.ts';
import { configurationTable } from './configuration-table.ts';
import { testsIn } from './tests-in.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

test('every command that a page shows is carried out by a test, or has its reason', () => {
  const shown = shownCommands();
  expect(shown.filter(({ line }) => FATES[line] === undefined)).toEqual([]);
  const lines = new Set(shown.map(({ line }) => line));
  expect(Object.keys(FATES).filter((line) => !lines.has(line))).toEqual([]);
});

test('the tests that carry them out are there', () => {
  const proofs = Object.values(FATES).flatMap((fate) => ('by' in fate ? [fate.by] : []));
  expect(proofs.length).toBeGreaterThan(3);
  for (const { file, title } of proofs) {
    const titles = testsIn(readFileSync(join(ROOT, file), 'utf8')).map((one) => one.title);
    expect([file, titles.includes(title) ? title : titles]).toEqual([file, title]);
  }
});

const inCheckout = Object.entries(FATES).flatMap(([line, fate]) =>
  'inCheckout' in fate ? [[line, fate.inCheckout] as const] : [],
);

test.each(inCheckout)('%s', { timeout: 60_000 }, (line, exit) => {
  const [npx, harness, ...words] = wordsOf(line);
  expect([npx, harness]).toEqual(['npx', 'harness']);
  const env = { PATH: process.env['PATH'], HOME: '/nowhere', HARNESS_HOME: '/nowhere' };
  const given = { cwd: ROOT, env, encoding: 'utf8' } as const;
  const { status, stdout } = spawnSync(process.execPath, ['src/cli/bin.ts', ...words], given);
  expect([status, stdout === '']).toEqual([exit, false]);
});

test('the page of the configuration has every key, bound and default of the schema', async () => {
  expect(await read('docs/configuration.md')).toContain(`\n${configurationTable()}\n`);
});

test('the page of the configuration has every variable of .env.example', async () => {
  const page = await read('docs/configuration.md');
  const names = [...(await read('.env.example')).matchAll(/^#?([A-Z_]+)=/gmu)];
  expect(names.length).toBeGreaterThan(15);
  const missing = names.filter(([, name]) => !page.includes(`\`${name}\``));
  expect(missing.map(([, name]) => name)).toEqual([]);
});

/** All that the program says, and of a template what stands between. */
async function sources(): Promise<string> {
  const names = await readdir(join(ROOT, 'src'), { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts'));
  return (await Promise.all(files.map((name) => read(`src/${name}`)))).join('\n');
}

test('the messages that troubleshooting quotes are those of the program', async () => {
  const page = await read('docs/troubleshooting.md');
  const quoted = [...page.matchAll(/^\*\*"(.+)"\*\*/gmu)].map(([, message = '']) => message);
  expect(quoted.length).toBeGreaterThan(5);
  const program = await sources();
  for (const message of quoted)
    expect([message, program.includes(message)]).toEqual([message, true]);
});

test('every topic has its page, and the page of quick start leads to them', async () => {
  const topics = [
    'quick-start configuration phases backends security network extending troubleshooting files',
    'demo linear customising proofs spec',
  ].flatMap((line) => line.split(' '));
  const names = await readdir(join(ROOT, 'docs'));
  const readme = await read('README.md');
  for (const topic of topics) {
    expect(names).toContain(`${topic}.md`);
    expect([topic, readme.includes(`docs/${topic}.md`)]).toEqual([topic, true]);
  }
});
