import { basename } from 'node:path';
import { z } from 'zod';
import type { EnvironmentSettings } from '../../domain/run.ts';

/** The files of one git tree. Content is hostile. */
export interface TreeFiles {
  /** Paths of all regular files, relative to the root. */
  readonly paths: readonly string[];
  /** Null: there is no such regular file. */
  read(path: string): Promise<Buffer | null>;
}

/** A file that decides what an environment holds. */
export interface RecipeInput {
  readonly path: string;
  readonly content: Buffer;
}

/** How a tree becomes runnable: a command that sees nothing but its inputs. */
export interface Recipe {
  readonly command: string;
  readonly inputs: readonly RecipeInput[];
  /** `dependencies`: found by the harness, so nothing is kept of it but what such tools make. */
  readonly makes: 'dependencies' | 'anything';
}

/** What a recipe of one ecosystem adds to the whole. */
type Part = Omit<Recipe, 'makes'>;

/**
 * The recipe of a tree: the configured one, else what its lock files call for. Null: it needs
 * nothing, or none of the configured inputs exists yet.
 */
export async function findRecipe(
  files: TreeFiles,
  settings: Pick<EnvironmentSettings, 'prepare'>,
): Promise<Recipe | null> {
  const tree = { ...files, paths: files.paths.filter((path) => plain(path)) };
  if (settings.prepare !== null) return configured(tree, settings.prepare);
  const found = [await javascript(tree), await python(tree)].filter((recipe) => recipe !== null);
  if (found.length === 0) return null;
  return {
    command: found.map((recipe) => recipe.command).join(' && '),
    inputs: found.flatMap((recipe) => recipe.inputs),
    makes: 'dependencies',
  };
}

function plain(path: string): boolean {
  const names = path.split('/');
  return !path.includes('\0') && !names.some((name) => ['', '.', '..', '.git'].includes(name));
}

/** An input ending in a slash is a folder and all that lies in it. */
async function configured(
  tree: TreeFiles,
  { command, inputs }: { readonly command: string; readonly inputs: readonly string[] },
): Promise<Recipe | null> {
  const wanted = inputs.map((input) => input.replace(/^\.\//u, ''));
  const chosen = tree.paths.filter((path) =>
    wanted.some((input) => path === input || (input.endsWith('/') && path.startsWith(input))),
  );
  if (chosen.length === 0) return null;
  return { command, inputs: await readAll(tree, chosen), makes: 'anything' };
}

async function readAll(tree: TreeFiles, paths: readonly string[]): Promise<readonly RecipeInput[]> {
  const inputs: RecipeInput[] = [];
  for (const path of paths.toSorted((a, b) => (a < b ? -1 : 1))) {
    const content = await tree.read(path);
    if (content !== null) inputs.push({ path, content });
  }
  return inputs;
}

/** The first lock file there is decides. */
const JAVASCRIPT = [
  ['pnpm-lock.yaml', 'pnpm install --frozen-lockfile'],
  ['yarn.lock', 'yarn install --frozen-lockfile'],
  ['npm-shrinkwrap.json', 'npm ci --no-audit --no-fund'],
  ['package-lock.json', 'npm ci --no-audit --no-fund'],
] as const;

const UNLOCKED = 'npm install --no-package-lock --no-audit --no-fund';

/** What package managers read beside manifests and locks. */
const JAVASCRIPT_CONFIG =
  /(?:^|\/)(?:package\.json|\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.cjs|pnpm-workspace\.yaml)$|^(?:\.yarn\/(?:releases|plugins|patches)|patches)\//u;

async function javascript(tree: TreeFiles): Promise<Part | null> {
  if (!tree.paths.includes('package.json')) return null;
  const [lock, command] = JAVASCRIPT.find(([name]) => tree.paths.includes(name)) ?? [
    null,
    UNLOCKED,
  ];
  const paths = tree.paths.filter(
    (path) =>
      !path.split('/').includes('node_modules') && (path === lock || JAVASCRIPT_CONFIG.test(path)),
  );
  const inputs = await readAll(tree, paths);
  if (!inputs.some((input) => asksForPackages(input))) return null;
  return { command, inputs: inputs.map((input) => withoutScripts(input)) };
}

const Packages = z.record(z.string(), z.unknown()).optional();
const Manifest = z.looseObject({
  dependencies: Packages,
  devDependencies: Packages,
  optionalDependencies: Packages,
});
type Manifest = z.infer<typeof Manifest>;

function manifestOf({ path, content }: RecipeInput): Manifest | null {
  if (basename(path) !== 'package.json') return null;
  try {
    return Manifest.safeParse(JSON.parse(content.toString('utf8'))).data ?? null;
  } catch {
    return null; // Not JSON: the package manager will say so where somebody reads it.
  }
}

function asksForPackages(input: RecipeInput): boolean {
  const manifest = manifestOf(input);
  if (manifest === null) return false;
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  return [dependencies, devDependencies, optionalDependencies].some(
    (packages) => Object.keys(packages ?? {}).length > 0,
  );
}

/**
 * The project's own scripts need files that are no inputs; those of its dependencies run. And an
 * edited script is no reason to prepare again.
 */
function withoutScripts(input: RecipeInput): RecipeInput {
  const manifest = manifestOf(input);
  if (manifest === null) return input;
  return { ...input, content: Buffer.from(JSON.stringify({ ...manifest, scripts: {} }, null, 2)) };
}

const VENV = 'python3 -m venv .venv && .venv/bin/pip install --disable-pip-version-check';

async function python(tree: TreeFiles): Promise<Part | null> {
  const recipe = async (command: string, wanted: RegExp): Promise<Part> => ({
    command,
    inputs: await readAll(
      tree,
      tree.paths.filter((path) => wanted.test(path)),
    ),
  });
  // The project itself is not installed: its sources are no inputs.
  if (tree.paths.includes('uv.lock'))
    return recipe(
      'uv sync --frozen --no-install-project',
      /(?:^|\/)pyproject\.toml$|^(?:uv\.(?:lock|toml)|\.python-version)$/u,
    );
  if (tree.paths.includes('requirements.txt'))
    return recipe(`${VENV} -r requirements.txt`, /^(?:requirements|constraints)(?:[^/]*\.txt|\/)/u);
  return null;
}
