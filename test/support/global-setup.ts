import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { placeIn } from '../../src/adapters/store/server/place.ts';
import { readPidFile, stopServer } from '../../src/adapters/store/server/postmaster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The home of the database server that all tests of this run share; started by the first that wants one. */
    databaseHome: string;
  }
}

const PREFIX = 'harness-test-database-';

/** Gives the run a home for its database server, and stops the server when the run ends. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned();
  const home = await mkdtemp(join(tmpdir(), `${PREFIX}${String(process.pid)}-`));
  project.provide('databaseHome', home);
  return () => remove(home);
}

async function remove(home: string): Promise<void> {
  const place = placeIn(home);
  const file = await readPidFile(place);
  if (file !== null) await stopServer(place, file.pid);
  await rm(home, { recursive: true, force: true });
}

/** The servers of runs that were killed. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`, 'u').exec(name)?.[1];
    if (pid !== undefined && !(await isTestRun(pid))) await remove(join(tmpdir(), name));
  }
}

async function isTestRun(pid: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return words.includes('vitest');
}
