import { Command, Option } from 'commander';
import { addApprovalCommands } from './approval-commands.ts';
import { addControlCommands, resumeAction, stopAction } from './control-commands.ts';
import { addRunCommand, runAction } from './run-command.ts';
import type { RunOptions } from './run-options.ts';
import { addStatusCommand, statusAction } from './status-command.ts';
import { addWorkerCommand } from './worker-command.ts';

/** All commands of `harness`. Names are a contract: see the README. */
export function createProgram(): Command {
  const program = new Command('harness')
    .description(
      'Builds software with autonomous coding agents; proves every result; loses nothing.',
    )
    .version('0.1.0', '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: true });
  addCommon(program);
  addRunCommand(program);
  addControlCommands(program);
  addStatusCommand(program);
  addApprovalCommands(program);
  addWorkerCommand(program);
  for (const command of program.commands) addCommon(command);
  addOriginalFlags(program);
  return program.enablePositionalOptions().hook('preAction', inheritFlags);
}

/** Common flags may stand before the command's name too; what stands after it wins. */
function inheritFlags(program: Command, command: Command): void {
  if (program === command) return;
  for (const [name, value] of Object.entries(program.opts())) {
    const said = program.getOptionValueSource(name) === 'cli';
    if (said && command.getOptionValueSource(name) !== 'cli')
      command.setOptionValueWithSource(name, value, 'cli');
  }
}

/** Flags that every command takes, before or after its name. */
export function addCommon(command: Command): void {
  command
    .option('--project-dir <dir>', 'the project itself')
    .option('--config <file>', 'configuration file (default: orchestrator.yaml)')
    .option('--json', 'one JSON object a line')
    .addOption(
      new Option('-o, --output <form>', 'form of the output').choices(['tui', 'plain', 'json']),
    )
    .option('--quiet', 'results only')
    .option('--verbose', 'also what went on inside')
    .option('--no-color', 'no colours')
    .option('--no-input', 'never ask');
}

interface OriginalOptions extends RunOptions {
  readonly resume?: boolean;
  readonly status?: boolean;
  readonly stop?: boolean;
}

/** The flags of the original command line, which had no commands. */
function addOriginalFlags(program: Command): void {
  program
    .option('--resume', 'same as `resume`')
    .option('--status', 'same as `status`')
    .option('--stop', 'same as `stop`')
    .option('--idea-file <file>', 'same as `run --idea-file`')
    .option('--no-interactive', 'with --idea-file: approve every phase')
    .option('--model <name>', 'with --idea-file: the model of every session')
    .option('--max-sessions <n>', 'with --idea-file: sessions at most', Number)
    .action(async (options: OriginalOptions) => {
      if (options.resume === true) await resumeAction(options);
      else if (options.status === true) await statusAction(options);
      else if (options.stop === true) await stopAction(options);
      else if (options.ideaFile !== undefined) await runAction(options);
      else program.outputHelp();
    });
}
