import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../domain/errors.ts';
import type { BoxResult } from './box.ts';

/** What is kept of a command's output, bytes: enough for the end of any test report. */
const KEPT_BYTES = 64 * 1024;
/** How long streams may stay open, or processes be seen, after the end that was forced on them. */
const GRACE_MS = 2000;

/** How a box's process ended, as its driver reads it. */
export interface Ending {
  readonly code: number | null;
  /** What the driver itself wrote about the end, see open-box.ts; empty without one. */
  readonly status: string;
}

/** A child under way, and its time. */
export interface BoundedRun {
  readonly child: ChildProcess;
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Exit status of the command from the end of its box; null when it never ran or was killed. */
  exitOf(ending: Ending): number | null;
}

/**
 * Waits for the end of a box's process, kills everything in it when the time is up, keeps the end
 * of its output and returns only when nothing of it runs any more. Never throws.
 */
export async function runBounded(run: BoundedRun): Promise<BoxResult> {
  const started = run.now();
  const { child } = run;
  const output = keepEnd(child);
  const status = collect(child.stdio[4]);
  child.stdin?.end();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, run.timeoutMs);
  const { code, error } = await exitOf(child);
  clearTimeout(timer);
  await closed(child);
  await gone(status());
  return {
    exit: timedOut ? null : run.exitOf({ code, status: status() }),
    output: error === null ? output() : `the box could not be started: ${messageOf(error)}`,
    timedOut,
    durationMs: run.now() - started,
  };
}

interface Exit {
  readonly code: number | null;
  readonly error: unknown;
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve({ code, error: null }));
    child.once('error', (error) => {
      // A failed kill is reported here too, while the process goes on to its exit.
      if (child.pid === undefined) resolve({ code: null, error });
    });
  });
}

/** Keeps the last bytes of both streams in the order in which they came, whatever their amount. */
function keepEnd(child: ChildProcess): () => string {
  let kept: Buffer[] = [];
  let size = 0;
  const keep = (chunk: Buffer): void => {
    kept.push(chunk);
    size += chunk.length;
    if (size < 2 * KEPT_BYTES) return;
    kept = [Buffer.concat(kept).subarray(-KEPT_BYTES)];
    size = KEPT_BYTES;
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => Buffer.concat(kept).subarray(-KEPT_BYTES).toString('utf8');
}

function collect(stream: ChildProcess['stdio'][number] | undefined): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return () => text;
}

/** Waits until nobody holds the streams; one who escaped a group may, so not for ever. */
async function closed(child: ChildProcess): Promise<void> {
  const streams = child.stdio
    .slice(1)
    .filter((stream) => stream !== null && stream !== undefined && !stream.closed);
  const timer = setTimeout(() => streams.forEach((stream) => stream?.destroy()), GRACE_MS);
  await Promise.all(
    streams.map(async (stream) => new Promise((resolve) => stream?.once('close', resolve))),
  );
  clearTimeout(timer);
}

/** Waits for the first process of the namespace, which the kernel keeps until all others are gone. */
async function gone(status: string): Promise<void> {
  const pid = /"child-pid": (\d+)/u.exec(status)?.[1];
  if (pid === undefined) return;
  for (let waited = 0; waited < GRACE_MS && (await alive(pid)); waited += 2) await delay(2);
}

async function alive(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /u.test(stat);
}
