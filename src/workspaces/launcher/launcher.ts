import { fork, type ChildProcess } from 'node:child_process';
import { extname, join } from 'node:path';
import { HarnessError } from '../../domain/errors.ts';
import { runProgram, type Program, type ProgramEnd } from './run-program.ts';

/** Runs programs to their end without holding up this process. */
export interface Launcher {
  /** @throws HarnessError LAUNCHER_ENDED when the process that ran it was killed */
  run(program: Program): Promise<ProgramEnd>;
}

/**
 * How often the process beside is asked whether it is there while it is waited for, and how often in a row
 * it may not answer: one that was stopped, or hangs, ends after half a minute, and what it did is tried again.
 */
const ASK_MS = 10_000;
const UNANSWERED = 3;

/** A command that only looks runs fewer, and must not wait for another process. */
const DIRECTLY = 10;

const SCRIPT = join(import.meta.dirname, `launched${extname(import.meta.filename)}`);

/**
 * Starting a program copies the page tables of the process that starts it, and stops it meanwhile:
 * 3 ms in a process of 300 MB on an idle machine, 20 ms on a busy one, with every session's stream
 * standing still. So a small process beside this one starts them, from the eleventh on.
 */
export function createLauncher({ askMs = ASK_MS } = {}): Launcher {
  let runs = 0;
  let beside: Beside | undefined;
  return {
    run(program) {
      runs += 1;
      if (runs > DIRECTLY) beside ??= startBeside(askMs, () => (beside = undefined));
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

function startBeside(askMs: number, gone: () => void): Beside {
  const child = fork(SCRIPT, [], {
    // Nothing of ours is for it, the credentials least of all.
    env: {},
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  const waiting = new Map<number, PromiseWithResolvers<ProgramEnd>>();
  const sending = new Map<number, Program>();
  let ready = false;
  let last = 0;
  idle(child, true);
  const asking = askWhileWaitedFor(child, { askMs, waited: () => waiting.size > 0 });
  child.on('message', (message: 'ready' | 'there' | Answer) => {
    asking.answered();
    if (message === 'there') return;
    if (message === 'ready') ready = true;
    else take(waiting, message.id)?.resolve(message.end);
    idle(child, waiting.size === 0);
  });
  const end = (): void => {
    asking.stop();
    gone();
    for (const [id, one] of waiting) {
      const unsent = sending.get(id);
      // What did not reach it was not begun there.
      if (unsent === undefined) one.reject(launcherEnded());
      else one.resolve(runProgram(unsent));
    }
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
      sending.set(id, program);
      child.send({ id, program }, (error) => {
        sending.delete(id);
        if (error !== null) take(waiting, id)?.resolve(runProgram(program));
      });
      return answer.promise;
    },
  };
}

/** A signal that can't be caught ends a stopped process too; its end is told by `exit` then. */
function askWhileWaitedFor(
  child: ChildProcess,
  { askMs, waited }: { readonly askMs: number; readonly waited: () => boolean },
): { answered(): void; stop(): void } {
  let unanswered = 0;
  const timer = setInterval(() => {
    if (!waited() || !child.connected) return;
    if (unanswered >= UNANSWERED) return void child.kill('SIGKILL');
    unanswered += 1;
    child.send('there?', () => undefined);
  }, askMs);
  timer.unref();
  return { answered: () => void (unanswered = 0), stop: () => clearInterval(timer) };
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
