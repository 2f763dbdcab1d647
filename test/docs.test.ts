import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../src/cli/program.ts';

const ROOT = join(import.meta.dirname, '..');

const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

/** The pages that people read, by their paths. */
const PAGES = [
  'docs/api.md',
  'docs/demo.md',
  'docs/dashboard.md',
  'docs/quick-start.md',
  'docs/configuration.md',
  'docs/phases.md',
  'docs/backends.md',
  'docs/files.md',
  'docs/troubleshooting.md',
  'docs/proofs.md',
  'docs/customising.md',
  'docs/extending.md',
  'README.md',
  'AGENTS.md',
  'docs/spec.md',
  'docs/glossary.md',
  'docs/security.md',
  'docs/network.md',
  'docs/linear.md',
  'docs/terminal.md',
  'docs/containers.md',
];

async function pages(): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const names = (await readdir(join(ROOT, 'docs/decisions'))).map(
    (name) => `docs/decisions/${name}`,
  );
  return Promise.all([...PAGES, ...names].map(async (path) => ({ path, text: await read(path) })));
}

/** Number, text and page of each invariant. */
async function invariants(): Promise<readonly { readonly id: string; readonly text: string }[]> {
  const [, ...sections] = (await read('docs/spec.md')).split(/^### (?=I\d+ )/m);
  return sections.map((text) => ({ id: text.split(' ', 1)[0] ?? '', text }));
}

/** Files under test/ that hold a test whose name begins with each number. */
async function testsByNumber(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  const names = await readdir(join(ROOT, 'test'), { recursive: true });
  for (const name of names.filter((one) => one.endsWith('.ts'))) {
    const text = await read(`test/${name}`);
    for (const [, id = ''] of text.matchAll(
      /^\s*(?:test(?:\.concurrent)?\(|\]\)\(|\] as const\)\()?\s*['"`](I\d+) /gm,
    ))
      found.set(id, (found.get(id) ?? new Set()).add(`test/${name}`));
  }
  return found;
}

test('the specification has the invariants I1 to I12, in order', async () => {
  const ids = (await invariants()).map(({ id }) => id);
  expect(ids).toEqual(Array.from({ length: 12 }, (_, at) => `I${at + 1}`));
});

test('every invariant has a test that carries its number, or "not yet" with the reason', async () => {
  const tests = await testsByNumber();
  for (const { id, text } of await invariants())
    expect([id, tests.has(id) || /\*not yet\*:? \S/i.test(text)]).toEqual([id, true]);
});

test('the tests that the specification names are there and carry the number', async () => {
  const tests = await testsByNumber();
  for (const { id, text } of await invariants())
    for (const [, file = ''] of text.matchAll(/`(test\/[^`]+\.ts)`/g))
      expect([id, file, tests.get(id)?.has(file)]).toEqual([id, file, true]);
});

test('every script that a page names is one', async () => {
  const { scripts } = JSON.parse(await read('package.json'));
  for (const { path, text } of await pages())
    for (const [, name = ''] of text.matchAll(/npm run ([a-z][a-z0-9:-]*)/g))
      expect([path, name, name in scripts]).toEqual([path, name, true]);
});

test("no script calls the package's own command, to which a clone has no link", async () => {
  const { scripts, bin } = JSON.parse(await read('package.json'));
  const own = Object.keys(bin).map((name) => new RegExp(`(?:^|&& )${name} `));
  const calling = Object.entries(scripts).filter(([, line]) =>
    own.some((call) => call.test(String(line))),
  );
  expect(calling).toEqual([]);
});

test('the commands in the README are those of the program', async () => {
  const rows = (await read('README.md')).split('## Commands')[1]?.split('\n## ')[0] ?? '';
  const named = [...rows.matchAll(/^\| `([a-z]+)`/gm)].map(([, name]) => name);
  const program = createProgram();
  const shown = program
    .createHelp()
    .visibleCommands(program)
    .map((command: Command) => command.name())
    .filter((name) => name !== 'help');
  expect(new Set(named)).toEqual(new Set(shown));
});

test('every link of a page leads to something', async () => {
  for (const { path, text } of await pages())
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      const at = join(ROOT, path, '..', target);
      await expect(readdir(at).catch(() => readFile(at))).resolves.toBeDefined();
    }
});

test('no page is about one machine', async () => {
  for (const { path, text } of await pages())
    expect([path, /(?<![\w.>])\/(?:root|work|home)\//.test(text)]).toEqual([path, false]);
});

/** Words that the glossary turns down and that mean nothing else in these pages. */
const TURNED_DOWN = /\b(?:tickets?|story|stories|mocks?|mocked|validated|worktrees?)\b/i;

test('the pages use the words of the glossary', async () => {
  const rows = (await read('docs/glossary.md')).matchAll(/^\| ([a-z][a-z ,]*) \|/gm);
  const words = [...rows].flatMap(([, cell = '']) => cell.split(', '));
  expect(words).toEqual(expect.arrayContaining(['run', 'work item', 'check', 'fence', 'approval']));
  expect(new Set(words).size).toBe(words.length);
  for (const { path, text } of await pages()) {
    if (path === 'docs/glossary.md') continue;
    const prose = text.replaceAll('no module mocks', '').replaceAll('module mocks', '');
    expect([path, TURNED_DOWN.exec(prose)?.[0]]).toEqual([path, undefined]);
  }
});

const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: z.record(z.string(), z.string()).default({}) }),
  ),
});

test('every optional package in the lock file has its entry, or "npm ci" refuses the lock', async () => {
  const { packages } = lock.parse(JSON.parse(await read('package-lock.json')));
  const known = Object.keys(packages);
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !known.some((entry) => entry.endsWith(`node_modules/${name}`)))
      .map((name) => `${name} of ${path || 'this package'}`),
  );
  expect(missing).toEqual([]);
});
