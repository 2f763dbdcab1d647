import { execa } from 'execa';
import type { Readable } from 'node:stream';

/** A program that is run to its end; nothing of this process's environment reaches it. */
export interface Program {
  /** Absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it reads; null: nothing. */
  readonly input: string | Uint8Array | null;
  /** Where stdout goes instead of memory. */
  readonly outputFile: string | null;
}

export interface ProgramEnd {
  /** Null: it could not be started, or a signal ended it. */
  readonly exit: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Why its output is not whole or it gave none, in words; null: nothing went wrong on our side. */
  readonly fault: string | null;
}

/** Runs it from this process. An input too large for memory comes as a stream. */
export async function runProgram(program: Program, stream?: Readable): Promise<ProgramEnd> {
  const input = stream ?? program.input;
  const result = await execa(program.file, program.args, {
    cwd: program.cwd,
    env: { ...program.env },
    extendEnv: false,
    encoding: 'buffer',
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 1024 ** 3,
    // A terminal's Ctrl-C is for the harness: the program finishes what it writes.
    detached: true,
    ...(input === null ? { stdin: 'ignore' as const } : { input }),
    ...(program.outputFile === null ? {} : { stdout: { file: program.outputFile } }),
  });
  return endOf(result);
}

/** What execa tells of a run that was not rejected. */
interface Ended {
  readonly exitCode?: number | undefined;
  readonly failed: boolean;
  readonly originalMessage?: string | undefined;
  readonly shortMessage?: string | undefined;
  readonly stdout?: Uint8Array | undefined;
  readonly stderr?: Uint8Array | undefined;
}

function endOf({ exitCode, failed, originalMessage, ...rest }: Ended): ProgramEnd {
  // A program that ended badly says so itself; one that ended well may still not have been heard.
  const silent = exitCode === undefined || (exitCode === 0 && failed);
  const why = originalMessage ?? rest.shortMessage ?? 'it gave no reason';
  return {
    exit: exitCode ?? null,
    stdout: rest.stdout ?? new Uint8Array(),
    stderr: rest.stderr ?? new Uint8Array(),
    fault: silent ? why : null,
  };
}
