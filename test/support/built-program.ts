import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { glob, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const CONFIG = join(import.meta.dirname, 'built-program.config.ts');

/** Beneath the packages that it loads; npm and others keep what can be made anew here, too. */
const BUILT = join(ROOT, 'node_modules/.cache/harness-program');

const HOUR_MS = 3_600_000;

let built: Promise<string> | undefined;

/**
 * The command line made of the sources as they are now, in few files: it starts in a third of the time.
 * What it reads or starts beside itself are the sources' own files. About 2 s where the sources changed.
 */
export function builtProgram(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = `${BUILT}-${await hashOfSources()}`;
  const program = join(folder, 'bin.js');
  if (await isThere(program)) return program;
  await removeOld();
  const making = `${folder}-${process.pid}`;
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const words = [vite, 'build', '--config', CONFIG, '--outDir', making, '--logLevel', 'warn'];
  await promisify(execFile)(process.execPath, words, { cwd: ROOT });
  try {
    await rename(making, folder);
  } catch (error) {
    // Another worker was first; theirs is the same.
    await rm(making, { recursive: true, force: true });
    if (!(await isThere(program))) throw error;
  }
  return program;
}

/** What was made of former sources, once no tests of them run any more. */
async function removeOld(): Promise<void> {
  for await (const name of glob(`${BUILT}-*`)) {
    const { mtimeMs } = await stat(name).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > HOUR_MS) await rm(name, { recursive: true, force: true });
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const sources: string[] = [];
  for await (const name of glob('src/**/*.ts', { cwd: ROOT })) sources.push(name);
  for (const name of [...sources.toSorted(), 'package-lock.json', CONFIG, 'bundle.config.ts'])
    hash.update(`${name}\n`).update(await readFile(resolve(ROOT, name)));
  return hash.digest('hex').slice(0, 16);
}
