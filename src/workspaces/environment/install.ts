import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HarnessError, hasCode } from '../../domain/errors.ts';
import type { Box } from '../../safety/box.ts';
import { lstatOrNull } from '../look.ts';
import { holdsDependencies, type Environment } from './kept.ts';

/**
 * Copies each path. What a virtual environment wrote down about the place it was made in is set to
 * its new place. Both folders and the sed expression are arguments, never part of this script.
 */
const SCRIPT = `from=$1 into=$2 place=$3 move=$4; shift 4
reflink=$(cp --reflink=auto --version >/dev/null 2>&1 && echo --reflink=auto)
for path do
  rm -rf -- "$into/$path" && cp -a $reflink -- "$from/$path" "$into/$path" || exit 1
  [ -f "$into/$path/pyvenv.cfg" ] || continue
  grep -rlIF -- "$place" "$into/$path/bin" "$into/$path/pyvenv.cfg" | while IFS= read -r file; do
    sed -i -- "$move" "$file" || exit 1
  done
done`;

/** Copying takes seconds; a disk that needs longer is broken. */
const COPY_TIMEOUT_MS = 600_000;

/**
 * Copies an environment's outputs into a checkout, inside a box: a tree whose folders are links
 * then leads nowhere, and is refused before that.
 */
export async function install(
  box: Box,
  environment: Environment,
  directory: string,
): Promise<void> {
  const outputs: string[] = [];
  for (const path of environment.outputs) {
    await assertFolders(directory, dirname(path));
    if (await mayTake(directory, path)) outputs.push(path);
  }
  if (outputs.length === 0) return;
  const move = `s|${pattern(environment.madeAt)}|${replacement(directory)}|g`;
  const places = [environment.folder, directory, environment.madeAt, move];
  const { exit, output } = await box.run({
    command: ['sh', '-c', SCRIPT, 'install', ...places, ...outputs],
    cwd: directory,
    writable: [directory],
    readable: [environment.folder],
    env: {},
    socket: null,
    stdin: 'ignore',
    timeoutMs: COPY_TIMEOUT_MS,
  });
  if (exit === 0) return;
  throw refusal(directory, output.slice(-500));
}

/** What the tree has itself is what is judged: no package takes its place. */
async function mayTake(directory: string, path: string): Promise<boolean> {
  return holdsDependencies(path) || (await lstatOrNull(join(directory, path))) === null;
}

async function assertFolders(directory: string, path: string): Promise<void> {
  const names = path === '.' ? [] : path.split('/');
  for (let depth = 1; depth <= names.length; depth += 1) {
    const folder = names.slice(0, depth).join('/');
    const kind = await lstat(join(directory, folder)).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (kind?.isDirectory() !== true) throw refusal(directory, `${folder} is not a folder`);
  }
}

function refusal(directory: string, reason: string): HarnessError {
  return new HarnessError(
    'ENVIRONMENT_INSTALL',
    `the prepared environment could not be copied into ${directory}: ${reason}; see that its disk has room and the tree is the one it was prepared for`,
  );
}

function pattern(text: string): string {
  return text.replaceAll(/[\\^$.*[\]|]/gu, '\\$&');
}

function replacement(text: string): string {
  return text.replaceAll(/[\\&|]/gu, '\\$&');
}
