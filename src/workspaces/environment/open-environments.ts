import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../domain/errors.ts';
import type { EnvironmentSettings } from '../../domain/run.ts';
import type { Box, BoxResult } from '../../safety/box.ts';
import { stripControls } from '../../safety/strip-controls.ts';
import type { Toolchains } from '../../safety/toolchains.ts';
import { install } from './install.ts';
import { findKept, keep, keyOf, outputsIn, writeInputs, type Environment } from './kept.ts';
import { findRecipe, type Recipe, type RecipeInput, type TreeFiles } from './recipe.ts';

/** What environments are made with. */
export interface EnvironmentDeps {
  readonly box: Box;
  /** Where environments are kept, absolute: `<home>/environments`. */
  readonly folder: string;
  readonly toolchains: Toolchains;
  /** Unique over all processes. */
  readonly newId: () => string;
  /** Names this process, so that what it leaves half done can be told from what is under way. */
  readonly maker: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** How package downloads get out: the operator's registries behind a unix socket. */
export interface PackageWire {
  /** Answers on 127.0.0.1:8377 in the box; null: it listens on loopback, for boxes without walls. */
  readonly socket: string | null;
  /** What makes package managers use it: npm_config_registry, PIP_INDEX_URL. */
  readonly env: Readonly<Record<string, string>>;
  /** What to replace in lock files whose URLs are taken as they are. */
  readonly mirrors: readonly { readonly from: string; readonly to: string }[];
  /** Why a registry gave no answer when it was last asked: some package managers hide it. */
  troubles(): readonly string[];
}

/** A tree that is to become runnable; its lock files and settings name the environment. */
export interface PrepareOrder {
  readonly files: TreeFiles;
  readonly settings: Pick<EnvironmentSettings, 'prepare' | 'env'>;
  /** Called when something has to be made; null: what is not in the inputs can't be had. */
  readonly openWire: (() => Promise<PackageWire & AsyncDisposable>) | null;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What a tree got. */
export type Preparation =
  /** The tree needs none. */
  | { readonly status: 'none' }
  | {
      readonly status: 'ready';
      readonly environment: Environment;
      /** Kept from an earlier time: nothing was run. */
      readonly reused: boolean;
      readonly durationMs: number;
    }
  | { readonly status: 'failed'; readonly command: string; readonly output: string }
  | { readonly status: 'stopped' };

/** Dependencies of trees, each made once by its recipe and kept by hash. */
export interface Environments {
  /**
   * The environment of a tree: kept, or made now by its recipe, sealed, in a folder that holds only
   * its inputs. Many at once, in one process or several, end with the same one.
   */
  prepare(order: PrepareOrder): Promise<Preparation>;
  /**
   * Copies its outputs into a checkout, reflinked where possible and never hard-linked, so that no
   * workspace can change another's. What the tree itself has stays, but for dependencies, which are
   * replaced.
   * @throws HarnessError ENVIRONMENT_INSTALL
   */
  installInto(environment: Environment, directory: string): Promise<void>;
}

/** More outputs than any package manager makes: a recipe that misunderstands its folder. */
const MOST_OUTPUTS = 500;
const MOST_INPUT_BYTES = 64 * 1024 * 1024;

/** Opens the environments of this machine. Only finished ones are ever seen by anybody. */
export function openEnvironments(deps: EnvironmentDeps): Environments {
  const underway = new Map<string, Promise<Preparation>>();
  return {
    async prepare(order) {
      const recipe = await findRecipe(order.files, order.settings);
      if (recipe === null) return { status: 'none' };
      const key = keyOf(recipe, deps.toolchains, order.settings.env);
      for (;;) {
        const shared = underway.get(key);
        if (shared === undefined) break;
        const end = await unlessAborted(shared, order.signal);
        if (end.status !== 'stopped' || order.signal?.aborted === true) return end;
      }
      const made = findOrMake({ ...order, deps, recipe, key });
      underway.set(key, made);
      return made.finally(() => underway.delete(key));
    },
    installInto: async (environment, directory) => install(deps.box, environment, directory),
  };
}

/** Who waits for what another makes must not outlast its own stop. */
async function unlessAborted(
  shared: Promise<Preparation>,
  signal: AbortSignal | undefined,
): Promise<Preparation> {
  if (signal === undefined) return shared;
  const stopped = Promise.withResolvers<Preparation>();
  const stop = (): void => stopped.resolve({ status: 'stopped' });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([shared, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

interface Finding extends PrepareOrder {
  readonly deps: EnvironmentDeps;
  readonly recipe: Recipe;
  readonly key: string;
}

interface Making extends Finding {
  readonly wire: PackageWire | null;
}

async function findOrMake(finding: Finding): Promise<Preparation> {
  const { folder } = finding.deps;
  const kept = await findKept(folder, finding.key, finding.deps.now());
  if (kept !== undefined)
    return { status: 'ready', environment: kept, reused: true, durationMs: 0 };
  if (finding.signal?.aborted === true) return { status: 'stopped' };
  const draft = join(folder, `draft-${finding.deps.maker}-${finding.deps.newId()}`);
  try {
    await using wire = await finding.openWire?.();
    return await make({ ...finding, wire: wire ?? null }, draft);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function make(making: Making, draft: string): Promise<Preparation> {
  const { recipe, key, deps } = making;
  const madeAt = join(draft, 'files');
  const tooMuch = recipe.inputs.reduce((sum, { content }) => sum + content.length, 0);
  if (tooMuch > MOST_INPUT_BYTES) return failed(recipe, 'its input files are larger than 64 MB');
  await writeInputs(
    madeAt,
    recipe.inputs.map((input) => mirrored(input, making.wire)),
  );
  const result = await runRecipe(making, madeAt);
  if (making.signal?.aborted === true) return { status: 'stopped' };
  if (result.exit !== 0) return failed(recipe, explain(result, making));
  await stripSetuid(deps.box, madeAt);
  const outputs = await outputsIn(madeAt, recipe);
  if (outputs.length > MOST_OUTPUTS || outputs.some((path) => /[\n\r]/u.test(path)))
    return failed(recipe, `it made ${outputs.length} files and folders beside its inputs`);
  await keep(draft, {
    folder: deps.folder,
    environment: { key, command: recipe.command, madeAt, outputs: [...outputs] },
  });
  const environment = await findKept(deps.folder, key, deps.now());
  if (environment === undefined) return failed(recipe, 'it was removed while it was made');
  return { status: 'ready', environment, reused: false, durationMs: result.durationMs };
}

/**
 * Yarn 1 and uv download from the URLs in their lock files, whatever registry they are given, and
 * npm takes the registry of a scope from the project's file. The lock's hashes hold all the same, and the changed file is no output.
 */
const TAKEN_AS_THEY_ARE = /(?:^|\/)(?:(?:yarn|uv)\.lock|\.npmrc)$/u;

function mirrored(input: RecipeInput, wire: PackageWire | null): RecipeInput {
  if (wire === null || !TAKEN_AS_THEY_ARE.test(input.path)) return input;
  // A registry is often named without the slash at its end, which is the same.
  const whole = input.content
    .toString('latin1')
    .replaceAll(/(registry\s*=\s*\S*[^/\s])$/gmu, '$1/');
  const text = wire.mirrors.reduce((all, { from, to }) => all.replaceAll(from, to), whole);
  return { ...input, content: Buffer.from(text, 'latin1') };
}

function failed(recipe: Recipe, output: string): Preparation {
  return { status: 'failed', command: recipe.command, output: stripControls(output).slice(-4096) };
}

function explain(result: BoxResult, { wire, timeoutMs }: Making): string {
  const cause = result.timedOut ? `\n(stopped after ${Math.round(timeoutMs / 1000)} s)` : '';
  const troubles = wire === null ? ['it had no way to a package registry'] : wire.troubles();
  return [`${result.output}${cause}`, ...troubles.map((trouble) => `(${trouble})`)].join('\n');
}

/** A missing interpreter shall be a clear failure, not a download of one. */
const ALWAYS = { CI: '1', UV_PYTHON_DOWNLOADS: 'never' };

/** Without a wire package managers shall say what they miss at once; npm alone would try for 70 s. */
const OFFLINE = {
  npm_config_offline: 'true',
  pnpm_config_offline: 'true',
  YARN_ENABLE_NETWORK: '0',
  PIP_NO_INDEX: '1',
  UV_OFFLINE: '1',
};

async function runRecipe(making: Making, directory: string): Promise<BoxResult> {
  const { recipe, wire, settings, signal, timeoutMs } = making;
  return making.deps.box.run({
    command: ['sh', '-c', recipe.command],
    cwd: directory,
    writable: [directory],
    readable: [],
    env: { ...ALWAYS, ...settings.env, ...(wire === null ? OFFLINE : wire.env) },
    socket: wire?.socket ?? null,
    stdin: 'ignore',
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** A harness that runs as root would keep programs that are root's for everybody. */
async function stripSetuid(box: Box, directory: string): Promise<void> {
  const find = ['find', '.', '-type', 'f', '-perm', '/6000', '-exec', 'chmod', 'a-s', '{}', '+'];
  const { exit, output } = await box.run({
    command: find,
    cwd: directory,
    writable: [directory],
    readable: [],
    env: {},
    socket: null,
    stdin: 'ignore',
    timeoutMs: 120_000,
  });
  if (exit === 0) return;
  throw new HarnessError(
    'ENVIRONMENT_STRIP',
    `setuid bits in ${directory} could not be removed, so the environment is not kept; try again (${output.slice(-300)})`,
  );
}
