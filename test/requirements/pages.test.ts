import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
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

/** What a page says of our program in its prose: `harness items retry KEY`; a row of the README is about its command. */
function mentioned(text: string): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gmsu, '');
  const calls = [...prose.matchAll(/`(?:npx )?harness ([^`]+)`/gu)].map(([, words = '']) => words);
  const rows = [...prose.matchAll(/^\| `([a-z]+)` \| (.*)$/gmu)].flatMap(
    ([, name = '', cell = '']) =>
      [...cell.matchAll(/`(--[^`]+)`/gu)].map(([, flags = '']) => `${name} ${flags}`),
  );
  return [...calls, ...rows];
}

/** Why our program would not understand this; null: it would. */
function fault(call: string): string | null {
  const words = wordsOf(call);
  let command = createProgram();
  const known = command.options.map(({ long }) => long);
  let at = 0;
  for (; at < words.length; at += 1) {
    const next = command.commands.find((one) => one.name() === words[at]);
    if (next === undefined) break;
    command = next;
  }
  const first = words[at] ?? '';
  if (command.commands.length > 0 && /^[a-z]/u.test(first)) return `there is no ${first}`;
  known.push('--help', ...command.options.map(({ long }) => long));
  const flags = words.map((word) => /^--[a-z-]+/u.exec(word)?.[0] ?? '').filter(Boolean);
  const unknown = flags.find((flag) => !known.includes(flag));
  return unknown === undefined ? null : `${command.name()} has no ${unknown}`;
}

test('every command and flag that the prose of a page names is one', async () => {
  const docs = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'));
  const faults: string[] = [];
  let count = 0;
  for (const page of ['README.md', ...docs.map((name) => `docs/${name}`)])
    for (const call of mentioned(await read(page))) {
      const found = fault(call);
      count += 1;
      if (found !== null) faults.push(`${page}: ${call}: ${found}`);
    }
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(70);
  expect(fault('items retry KEY --nowhere')).toBe('retry has no --nowhere');
  expect(fault('tickets')).toBe('there is no tickets');
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

test('the messages that the page of the dashboard quotes are its own', async () => {
  const [, table = ''] = (await read('docs/dashboard.md')).split('## When something is wrong');
  const quoted = [...table.matchAll(/^\| ([A-Z][^|]+) \|/gmu)].map(([, message = '']) => message);
  expect(quoted.length).toBeGreaterThan(4);
  const names = (await readdir(join(ROOT, 'dashboard/src'), { recursive: true })).filter((name) =>
    /\.tsx?$/u.test(name),
  );
  const texts = await Promise.all(names.map((name) => read(`dashboard/src/${name}`)));
  const said = [...texts, await sources()].join('\n');
  for (const message of quoted) expect([message, said.includes(message)]).toEqual([message, true]);
});

test('every topic has its page, and the page of quick start leads to them', async () => {
  const topics = [
    'quick-start configuration phases backends security network extending troubleshooting files',
    'demo linear customising proofs spec containers terminal dashboard api',
  ].flatMap((line) => line.split(' '));
  const names = await readdir(join(ROOT, 'docs'));
  const readme = await read('README.md');
  for (const topic of topics) {
    expect(names).toContain(`${topic}.md`);
    expect([topic, readme.includes(`docs/${topic}.md`)]).toEqual([topic, true]);
  }
});
