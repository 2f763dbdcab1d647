import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { hasCode } from '../../domain/errors.ts';
import type { Toolchains } from '../../safety/toolchains.ts';
import type { Recipe, RecipeInput } from './recipe.ts';

/** A prepared environment, kept by the hash of everything that made it. */
export interface Environment {
  readonly key: string;
  readonly command: string;
  /** Folder of its files. */
  readonly folder: string;
  /** Folder in which the command ran: some tools write it into what they make. */
  readonly madeAt: string;
  /** What the command made, relative paths: `node_modules`, `packages/a/node_modules`. */
  readonly outputs: readonly string[];
  /** Lines for a clone's `.git/info/exclude`, so that no output is committed. */
  readonly exclude: readonly string[];
}

const Record = z.object({
  key: z.string(),
  command: z.string(),
  madeAt: z.string(),
  outputs: z.array(z.string()),
});

/** Beside the files of a complete environment; when it was changed last is when that was used last. */
export const RECORD = 'environment.json';

/** Everything that may change what a recipe makes. */
export function keyOf(
  recipe: Recipe,
  toolchains: Toolchains,
  env: Readonly<Record<string, string>>,
): string {
  const inputs = recipe.inputs.map(({ path, content }) => [path, hash(content)]);
  const platform = `${process.platform}-${process.arch}`;
  const tools = [toolchains.programs, toolchains.identity];
  return hash(JSON.stringify([2, recipe.command, platform, tools, env, inputs])).slice(0, 32);
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * The kept environment of this key, used at this time (epoch milliseconds), or undefined. A record
 * exists only beside complete files.
 */
export async function findKept(
  folder: string,
  key: string,
  now: number,
): Promise<Environment | undefined> {
  const file = join(folder, key, RECORD);
  // Before it is read: a sweep that looks now sees it in use.
  await utimes(file, now / 1000, now / 1000).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const record = Record.parse(JSON.parse(text));
  return {
    ...record,
    folder: join(folder, key, 'files'),
    exclude: record.outputs.map((path) => `/${path.replaceAll(/[\\*?[\]!# ]/gu, '\\$&')}`),
  };
}

/** Writes the inputs, and only them, into a new folder. */
export async function writeInputs(folder: string, inputs: readonly RecipeInput[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { path, content } of inputs) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** What package managers fill: `node_modules`, a virtual environment, what Yarn has instead. */
const DEPENDENCIES =
  /(?:^|\/)(?:node_modules|\.venv|\.yarn(?:\/[\w.-]+)?|\.pnp\.(?:c?js|loader\.mjs))$/u;

/** Whether packages lie there, and nothing of the project itself. */
export function holdsDependencies(path: string): boolean {
  return DEPENDENCIES.test(path);
}

/**
 * Everything in the folder that is no input and no folder on the way to one, topmost paths only.
 * Whoever made it may be hostile: git's own folder is never taken over, and of a recipe that the
 * harness found only dependencies, so that no package adds a test or its settings to what is judged.
 */
export async function outputsIn(
  folder: string,
  { inputs, makes }: Pick<Recipe, 'inputs' | 'makes'>,
): Promise<readonly string[]> {
  const known = new Set(inputs.flatMap(({ path }) => lineage(path)));
  const outputs: string[] = [];
  const queue = [''];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const entry of await readdir(join(folder, at), { withFileTypes: true })) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (/^\.git$/iu.test(entry.name)) continue;
      if (!known.has(path)) outputs.push(path);
      else if (entry.isDirectory()) queue.push(path);
    }
  }
  const wanted = makes === 'anything' ? outputs : outputs.filter((path) => holdsDependencies(path));
  return wanted.toSorted((a, b) => (a < b ? -1 : 1));
}

function lineage(path: string): string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Puts a finished draft in its place at once; when another process was first, theirs counts. */
export async function keep(
  draft: string,
  place: { readonly folder: string; readonly environment: z.infer<typeof Record> },
): Promise<void> {
  const { folder, environment } = place;
  await writeFile(join(draft, RECORD), JSON.stringify(environment));
  try {
    await rename(draft, join(folder, environment.key));
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  }
}
