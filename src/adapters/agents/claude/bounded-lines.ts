import type { SpawnedProcess } from '@anthropic-ai/claude-agent-sdk';
import type { ChildProcess } from 'node:child_process';
import { Transform } from 'node:stream';

export type Streams = {
  readonly stdin: NonNullable<ChildProcess['stdin']>;
  readonly stdout: NonNullable<ChildProcess['stdout']>;
};

/** Far above the longest message there is; the SDK holds a line until it ends. */
const MOST_BYTES = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * The process as the SDK may have it: one that writes a line without end is killed, before the line
 * has filled this process. Whatever runs in a session's box may get at the program's output.
 */
export function withBoundedLines(child: ChildProcess & Streams, most = MOST_BYTES): SpawnedProcess {
  let length = 0;
  const lines = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const newline = chunk.lastIndexOf(NEWLINE);
      // What stands before the last end of a line belongs to the line that began before it.
      const first = newline === -1 ? chunk.length : chunk.indexOf(NEWLINE);
      length += first;
      if (length > most) {
        child.kill('SIGKILL');
        done();
        return;
      }
      if (newline !== -1) length = chunk.length - newline - 1;
      done(null, chunk);
    },
  });
  child.stdout.pipe(lines);
  child.stdout.once('error', () => lines.end());
  return {
    stdin: child.stdin,
    stdout: lines,
    get killed() {
      return child.killed;
    },
    get exitCode() {
      return child.exitCode;
    },
    get signalCode() {
      return child.signalCode;
    },
    kill: (signal) => child.kill(signal),
    on: child.on.bind(child),
    once: child.once.bind(child),
    off: child.off.bind(child),
  };
}
