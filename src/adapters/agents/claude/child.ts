import type { ChildProcess } from 'node:child_process';
import { messageOf } from '../../../domain/errors.ts';
import { plain } from './text.ts';

/** Kept of what the process says on stderr: enough for a stack trace. */
const TAIL_CHARS = 4000;
/** How long after its exit we wait for those who still hold its pipes. */
const CLOSE_MS = 500;

/** The process of one session, as far as we must end it and explain its end. */
export interface SessionChild {
  /**
   * Resolves once the process is gone, or at once if it never came to be. Its pipes count, too: when
   * the outer process of a box has ended, the inner ones are still being killed.
   */
  readonly gone: Promise<void>;
  /** Last of its stderr, fit to be shown. */
  stderrTail(): string;
  /** Asks it to end, and kills it with its process group after `graceMs`; never throws. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Watches a process whose stdin and stdout belong to the SDK. With a spawn function of our own the
 * SDK leaves stderr alone, so it is drained here: a full pipe would hang the session.
 */
export function watchChild(child: ChildProcess): SessionChild {
  let tail = '';
  const keep = (text: string): void => {
    tail = (tail + text).slice(-TAIL_CHARS);
  };
  child.stderr?.setEncoding('utf8').on('data', keep);
  child.on('error', (error) => keep(`\n${messageOf(error)}`));
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('exit', () => setTimeout(resolve, CLOSE_MS).unref());
    child.once('error', () => {
      if (child.pid === undefined) resolve();
    });
  });
  return {
    gone,
    stderrTail: () => plain(tail).trim(),
    stop: (graceMs) => stop(child, gone, graceMs),
  };
}

async function stop(child: ChildProcess, gone: Promise<void>, graceMs: number): Promise<void> {
  if (!ended(child)) {
    child.kill('SIGTERM');
    const killer = setTimeout(() => killGroup(child), graceMs);
    child.once('exit', () => clearTimeout(killer));
  }
  await gone;
}

function ended(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Only while the process lives: afterwards its number may belong to somebody else. */
function killGroup(child: ChildProcess): void {
  if (ended(child)) return;
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It leads no group of its own: the kill below is all there is to do.
  }
  child.kill('SIGKILL');
}
