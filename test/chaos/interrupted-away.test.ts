import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { anArena, type Arena, type Command } from './arena.ts';
import { aDatabaseWire } from './database-wire.ts';
import { eventually } from './eventually.ts';
import { examine } from './examine.ts';
import { expectSound } from './expectations.ts';
import { heard } from './heard.ts';

/** An interrupt ends a process within ten seconds; a busy machine takes a few more to notice. */
const LEAVING_MS = 13_000;

/** Two presses closer than this are one. */
const BETWEEN_MS = 600;

interface Left {
  readonly exit: number | null;
  readonly ms: number;
  readonly stderr: string;
}

async function interrupt(
  { child, ended }: Command,
  signal: NodeJS.Signals,
  times: number,
): Promise<Left> {
  const began = performance.now();
  for (let turn = 0; turn < times; turn += 1) {
    if (turn > 0) await pause(BETWEEN_MS);
    child.kill(signal);
  }
  const { exit, stderr } = await ended;
  return { exit, ms: performance.now() - began, stderr };
}

const Pulse = z.object({ host: z.object({ pid: z.number() }) });

/** Resolves once this host tells how the run is: it is at work, and hears signals. */
async function tells(arena: Arena, { child }: Command): Promise<void> {
  const folder = join(arena.home, 'pulses');
  await eventually(async () => {
    for (const name of await readdir(folder)) {
      // Gone, or half written.
      const text = await readFile(join(folder, name), 'utf8').catch(() => '');
      if (text.includes('"host"') && Pulse.parse(JSON.parse(text)).host.pid === child.pid)
        return true;
    }
    return undefined;
  });
}

/** Resolves once the process has said this. */
function says({ child }: Command, words: RegExp): Promise<void> {
  return new Promise((resolve) => {
    for (const stream of [child.stderr, child.stdout])
      stream?.on('data', (piece: Buffer) => {
        if (words.test(piece.toString('utf8'))) resolve();
      });
  });
}

/** Somebody watches the run and leaves while the database is away. */
async function watchAndLeave(arena: Arena, trouble: 'silence' | 'cut'): Promise<Left> {
  await using wire = await aDatabaseWire(arena.databaseUrl ?? '');
  const dir = ['--project-dir', arena.project];
  const watching = arena.startForPeople(wire.url, 'status', '--watch', ...dir);
  await says(watching, /^--- .*: running/mu);
  await wire[trouble]();
  // Long enough for a look at what does not answer.
  await pause(BETWEEN_MS);
  const left = await interrupt(watching, trouble === 'cut' ? 'SIGHUP' : 'SIGINT', 1);
  await wire.mend();
  return left;
}

// About 60 s: seven processes, two of which wait seven seconds for a database that is away.
test('I6 I1 an interrupt ends whatever waits for a database that is away, in seconds, and nothing is lost', async () => {
  await using arena = await anArena('shared');
  await using wire = await aDatabaseWire(arena.databaseUrl ?? '');
  const dir = ['--project-dir', arena.project];

  const run = arena.startOn(wire.url, 'run', '--idea', 'three words', '--autonomy', 'full', ...dir);
  await heard(run, 'session.started');
  const [silent, gone] = await Promise.all([
    watchAndLeave(arena, 'silence'),
    watchAndLeave(arena, 'cut'),
  ]);
  expect([silent.exit, gone.exit]).toEqual([130, 129]);
  expect(Math.max(silent.ms, gone.ms)).toBeLessThan(4_000 + BETWEEN_MS);
  expect(silent.stderr + gone.stderr).toMatch(/database does not answer[^]+harness status/u);
  await heard(run, 'session.started', 'ALPHA-1');
  wire.silence();
  const pressed = await interrupt(run, 'SIGINT', 3);
  expect(pressed.exit).toBe(130);
  expect(pressed.ms).toBeLessThan(2 * BETWEEN_MS + 4_000);
  expect(pressed.stderr).toMatch(
    /once more stops at once[^]+once more leaves it[^]+harness resume/u,
  );
  await wire.mend();

  const again = arena.startOn(wire.url, 'resume', ...dir);
  await heard(again, 'session.started');
  await wire.cut();
  const once = await interrupt(again, 'SIGTERM', 1);
  expect(once.exit).toBe(143);
  expect(once.ms).toBeLessThan(LEAVING_MS);
  expect(once.stderr).toMatch(/its database does not answer[^]+harness resume/u);
  await wire.mend();

  const worker = arena.startOn(wire.url, 'worker');
  await says(worker, /interrupt to leave/u);
  wire.silence();
  const left = await interrupt(worker, 'SIGTERM', 1);
  expect(left.exit).toBe(143);
  expect(left.ms).toBeLessThan(LEAVING_MS);
  expect(left.stderr).toMatch(/left before all was closed[^]+harness resume/u);
  await wire.mend();

  const host = arena.startOn(wire.url, 'host');
  await tells(arena, host);
  await wire.cut();
  const dismissed = await interrupt(host, 'SIGTERM', 1);
  expect(dismissed.exit).toBe(143);
  expect(dismissed.ms).toBeLessThan(LEAVING_MS);
  await wire.mend();

  expect((await examine(arena)).processes).toEqual([]);
  expect((await arena.start('resume', ...dir).ended).exit).toBe(0);
  expectSound(await examine(arena));
});
