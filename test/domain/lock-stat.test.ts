import fs from 'node:fs';
import { mkdir, mkdtempDisposable, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { expect, test, vi } from 'vitest';
import { statOfLocks } from '../../src/domain/lock-stat.ts';

/** The least that the library takes. */
const STALE_MS = 2000;

const aFolder = () => mkdtempDisposable(join(tmpdir(), 'lock-'));

const patiently = () => ({
  ...fs,
  stat: statOfLocks(fs.stat, () => AbortSignal.timeout(STALE_MS)).stat,
});

const ORDER = {
  realpath: false,
  stale: STALE_MS,
  retries: { retries: 400, minTimeout: 10, maxTimeout: 50 },
};

/** A lock that was touched an hour from now, by the clock as it is. */
async function lockOfTheFuture(file: string): Promise<void> {
  await mkdir(`${file}.lock`);
  const later = Date.now() / 1000 + 3600;
  await utimes(`${file}.lock`, later, later);
}

// About 2 s each: as long as a lock takes to be nobody's.
test.concurrent('the lock of a process that is gone is taken over although the clock was set back since', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'main');
  await lockOfTheFuture(file);
  await expect(lock(file, { ...ORDER, retries: 0 })).rejects.toMatchObject({ code: 'ELOCKED' });
  const release = await lock(file, { ...ORDER, fs: patiently() });
  expect(Math.abs((await stat(`${file}.lock`)).mtimeMs - Date.now())).toBeLessThan(60_000);
  await release();
});

test.concurrent('the lock of a process that lives is not, whatever the clock says', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'main');
  await lockOfTheFuture(file);
  // Its holder goes on touching it.
  let touches = 0;
  const touching = setInterval(() => {
    touches += 1;
    const later = Date.now() / 1000 + 3600 + touches;
    fs.utimesSync(`${file}.lock`, later, later);
  }, STALE_MS / 4);
  try {
    const refused = lock(file, {
      ...ORDER,
      retries: { retries: 90, minTimeout: 10, maxTimeout: 50 },
      fs: patiently(),
    });
    await expect(refused).rejects.toMatchObject({ code: 'ELOCKED' });
    expect(touches).toBeGreaterThan(3);
  } finally {
    clearInterval(touching);
  }
});

// About 2 s: the holder looks at its lock after one.
test.concurrent('a holder that slept for longer than a lock lasts keeps the one that nobody took', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'main');
  const sleep = new AbortController();
  const looks: number[] = [];
  const { stat: look, held } = statOfLocks(fs.stat, () => sleep.signal);
  const counted: typeof look = (path, done) =>
    look(path, (error, found) => {
      looks.push(found?.mtime.getTime() ?? Number.NaN);
      done(error, found);
    });
  const lost: Error[] = [];
  const release = await lock(file, {
    ...ORDER,
    update: STALE_MS / 2,
    fs: { ...fs, stat: counted },
    onCompromised: (error) => lost.push(error),
  });
  held();
  const before = looks.length;
  sleep.abort();
  await vi.waitFor(() => expect(looks.length).toBeGreaterThan(before), { timeout: 10_000 });
  expect(looks).not.toContain(0);
  expect(lost).toEqual([]);
  await release();
});
