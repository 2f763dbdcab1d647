import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { copyTree } from '../support/tree-copy.ts';
import type { Mutation } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';
import { patternOf } from './pattern-of.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Of one run of one proof; on a busy machine it takes a minute. */
const PROOF_MS = 300_000;

const report = z.looseObject({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.looseObject({
      assertionResults: z.array(
        z.looseObject({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()),
        }),
      ),
    }),
  ),
});

interface Told {
  readonly passed: number;
  readonly failed: number;
  /** First line of what the first failed test said. */
  readonly said: string;
}

/** Numbers that look random, the same for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function drawn(count: number, seed: number): readonly Mutation[] {
  const random = createRandom(seed);
  const marked = MUTATIONS.map((mutation) => ({ mutation, at: random() }));
  const chosen = marked.toSorted((a, b) => a.at - b.at).slice(0, count);
  return chosen.map(({ mutation }) => mutation).toSorted((a, b) => a.row.localeCompare(b.row));
}

/** A copy of what git knows of this tree, changes included, with its dependencies borrowed. */
async function copyOfTree(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'harness-broken-'));
  await copyTree(copy);
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Carries out one proof in the copy. */
async function prove(copy: string, { test, title }: Mutation): Promise<Told> {
  const file = join(copy, 'told.json');
  const name = patternOf(title).source.slice(1, -1);
  const words = ['run', test, '-t', name, '--reporter=json', `--outputFile=${file}`];
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const given = { cwd: copy, timeout: PROOF_MS, maxBuffer: 1 << 26 };
  // Exit 1 is an answer, too: what was told says which.
  await run(process.execPath, [vitest, ...words], given).catch(() => undefined);
  const told = report.parse(JSON.parse(await readFile(file, 'utf8')));
  await rm(file);
  const failed = told.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed');
  const said = failed?.failureMessages[0]?.split('\n', 1)[0] ?? '';
  return { passed: told.numPassedTests, failed: told.numFailedTests, said };
}

/** Breaks the product in this one way, and mends it again. */
async function whileBroken<T>(
  copy: string,
  mutation: Mutation,
  body: () => Promise<T>,
): Promise<T> {
  const path = join(copy, mutation.file);
  const whole = await readFile(path, 'utf8');
  const parts = whole.split(mutation.text);
  if (parts.length !== 2)
    throw new Error(`${mutation.file} holds ${parts.length - 1} times: ${mutation.text}`);
  await writeFile(path, parts.join(mutation.instead));
  try {
    return await body();
  } finally {
    await writeFile(path, whole);
  }
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const cell = (text: string): string =>
  text.replaceAll(/\s+/gu, ' ').replaceAll('|', '\\|').slice(0, 160);

/**
 * Breaks the product once for each of some promises, drawn by a seed, and prints as a table which test went red. Each proof runs
 * whole before. Exits 1 when one was not green before or not red after.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '20' },
      rows: { type: 'string' },
    },
  });
  const only = values.rows?.split(',');
  const chosen =
    only === undefined
      ? drawn(Number(values.count), Number(values.seed))
      : MUTATIONS.filter(({ row }) => only.includes(row));
  const copy = await copyOfTree();
  try {
    say('| row | broken | instead | whole | broken: red, and what it said | test |');
    say('|---|---|---|---|---|---|');
    for (const mutation of chosen) {
      const whole = await prove(copy, mutation);
      const broken = await whileBroken(copy, mutation, () => prove(copy, mutation));
      const green = whole.failed === 0 && whole.passed > 0;
      if (!green || broken.failed === 0) process.exitCode = 1;
      const { row, file, text, instead, test, title } = mutation;
      say(
        `| ${row} | \`${file}\`: \`${cell(text)}\` | \`${cell(instead)}\` | ${green ? 'green' : 'NOT GREEN'} | ${broken.failed > 0 ? 'red' : 'NOT RED'}: ${cell(broken.said)} | \`${test}\`: ${cell(title)} |`,
      );
    }
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

await main();
