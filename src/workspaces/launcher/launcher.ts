import { fork, type ChildProcess } from 'node:child_process';
import { extname, join } from 'node:path';
import { HarnessError } from '../../domain/errors.ts';
import { runProgram, type Program, type ProgramEnd } from './run-program.ts';

/** Runs programs to their end without holding up this process. */
export interface Launcher {
  /** @throws HarnessError LAUNCHER_ENDED when the process that ran it was killed */
  run(program: Program): Promise<ProgramEnd>;
}

/** A command that only looks runs fewer, and must not wait for another process. */
const DIRECTLY = 10;

const SCRIPT = join(import.meta.dirname, `launched${extname(import.meta.filename)}`);

/**
 * Starting a program copies the page tables of the process that starts it, and stops it meanwhile:
 * 3 ms in a process of 300 MB on an idle machine, 20 ms on a busy one, with every session's stream
 * standing still. So a small process beside this one starts them, from the eleventh on.
 */
export function createLauncher(): Launcher {
  let runs = 0;
  let beside: Beside | undefined;
  return {
    run(program) {
      runs += 1;
      if (runs > DIRECTLY) beside ??= startBeside(() => (beside = undefined));
      return beside?.ready() === true ? beside.run(program) : runProgram(program);
    },
  };
}

interface Beside {
  ready(): boolean;
  run(program: Program): Promise<ProgramEnd>;
}

interface Answer {
  readonly id: number;
  readonly end: ProgramEnd;
}

function startBeside(gone: () => void): Beside {
  const child = fork(SCRIPT, [], {
    // Nothing of ours is for it, the credentials least of all.
    env: {},
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  const waiting = new Map<number, PromiseWithResolvers<ProgramEnd>>();
  let ready = false;
  let last = 0;
  idle(child, true);
  child.on('message', (message: 'ready' | Answer) => {
    if (message === 'ready') ready = true;
    else take(waiting, message.id)?.resolve(message.end);
    idle(child, waiting.size === 0);
  });
  const end = (): void => {
    gone();
    for (const one of waiting.values()) one.reject(launcherEnded());
    waiting.clear();
  };
  child.once('exit', end).on('error', end);
  return {
    ready: () => ready && child.connected,
    run(program) {
      last += 1;
      const answer = Promise.withResolvers<ProgramEnd>();
      waiting.set(last, answer);
      idle(child, false);
      const id = last;
      child.send({ id, program }, (error) => {
        // What did not reach it was not begun there.
        if (error !== null) take(waiting, id)?.resolve(runProgram(program));
      });
      return answer.promise;
    },
  };
}

function take(
  waiting: Map<number, PromiseWithResolvers<ProgramEnd>>,
  id: number,
): PromiseWithResolvers<ProgramEnd> | undefined {
  const one = waiting.get(id);
  waiting.delete(id);
  return one;
}

/** Only while something is waited for does it hold this process open. */
function idle(child: ChildProcess, yes: boolean): void {
  if (yes) {
    child.unref();
    child.channel?.unref();
  } else {
    child.ref();
    child.channel?.ref();
  }
}

function launcherEnded(): HarnessError {
  return new HarnessError(
    'LAUNCHER_ENDED',
    'the process that starts programs for the harness was ended from outside; what it was doing is tried again',
  );
}
