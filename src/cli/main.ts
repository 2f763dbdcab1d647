import { CommanderError } from 'commander';
import { stripControls } from '../glance.ts';
import { HarnessError, messageOf } from '../domain/errors.ts';
import { typedHere } from './own-command.ts';
import { createProgram } from './program.ts';
import { drained, quietPipes } from './quiet-pipes.ts';

/** Runs the command line. The only place that decides the exit status of a failed command. */
export async function main(argv: readonly string[]): Promise<void> {
  quietPipes();
  try {
    const program = createProgram(await completionFor(argv));
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, argv.includes('--verbose'));
  }
  await drained();
  // Everything is closed; a timer of the engine's library may go on for seconds.
  process.exit();
}

/** What shells ask at each press of the tab key is no command that a person should meet. */
async function completionFor([first]: readonly string[]): Promise<
  Parameters<typeof createProgram>[0]
> {
  if (first !== 'completion' && first !== 'complete') return undefined;
  return (await import('./completion.ts')).addCompletion;
}

function report(error: unknown, verbose: boolean): number {
  // Commander has written its own message.
  if (error instanceof CommanderError) return exitOfError(error);
  // Names of files, branches and work items are in messages, and those are an agent's choice.
  process.stderr.write(`harness: ${stripControls(typedHere()(messageOf(error)))}\n`);
  if (verbose && error instanceof Error)
    process.stderr.write(`${stripControls(error.stack ?? '')}\n`);
  return exitOfError(error);
}

/** Exit status of a command that ended with this; asking for help or the version is no failure. */
export function exitOfError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof HarnessError ? error.exit : 1;
}
