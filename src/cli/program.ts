import { Command } from 'commander';
import { processEnvironment } from '../glance.ts';
import { addCommon, inheritFlags, portNumber } from './common-options.ts';
import { addItemCommands } from './item-commands.ts';
import { addLookCommands } from './look-commands.ts';
import { typedHere } from './own-command.ts';
import { addProjectCommands } from './project-commands.ts';
import { addRunCommands } from './run-commands.ts';
import type { RunOptions } from './run-options.ts';
import { VERSION } from './version.ts';

/**
 * All commands of `harness`. Names are a contract: see the README. Nothing of the inside is loaded
 * here: each command imports its action when it is chosen.
 */
export function createProgram(addCompletion: (program: Command) => void = namedOnly): Command {
  const program = new Command('harness')
    .description(
      'Builds software with autonomous coding agents; proves every result; loses nothing.',
    )
    .version(VERSION, '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ subcommandTerm: termOf })
    .configureOutput({ writeErr: (text) => process.stderr.write(typedHere()(text)) })
    .showHelpAfterError('(`harness --help` shows what there is)');
  addRunCommands(program);
  addLookCommands(program);
  addItemCommands(program);
  addProjectCommands(program);
  addCompletion(program);
  for (const command of program.commands)
    command
      .addHelpText('after', '\nCommon flags: see `harness --help`')
      .showHelpAfterError(`(\`harness ${command.name()} --help\` shows what there is)`);
  addCommon(program, { shown: true });
  addOriginalFlags(program);
  return program.enablePositionalOptions().hook('preAction', inheritFlags);
}

/** Completion needs a library that only it loads: for all else its name is enough. */
function namedOnly(program: Command): void {
  program
    .command('completion')
    .description('completion script of a shell')
    .argument('<shell>', 'zsh, bash, fish or powershell');
}

interface OriginalOptions extends RunOptions {
  readonly resume?: boolean;
  readonly status?: boolean;
  readonly stop?: boolean;
  readonly api?: boolean;
  readonly port?: number;
  readonly host?: string;
}

/** The flags of the original command line, which had no commands. */
function addOriginalFlags(program: Command): void {
  program
    .optionsGroup('Flags of the original command line:')
    .option('--resume', 'same as `resume`')
    .option('--status', 'same as `status`')
    .option('--stop', 'same as `stop`')
    .option('--api', 'same as `serve`')
    .option('--host <address>', 'with --api: address to listen on')
    .option('--port <n>', 'with --api: port to listen on', portNumber)
    .option('--idea-file <file>', 'same as `run --idea-file`')
    .option('--rehearse', 'at the prompt: a scripted model instead of a real one: no key, no cost')
    .option('--no-interactive', 'with --idea-file: approve every phase')
    .option('--model <name>', 'with --idea-file: the model of every session')
    .option('--max-sessions <n>', 'with --idea-file: sessions at most', Number)
    // Only here, where they can be looked at: a word that is no command gets a hint.
    .allowExcessArguments()
    .action((options: OriginalOptions) => originalAction(program, options));
}

async function originalAction(program: Command, options: OriginalOptions): Promise<void> {
  const [word] = program.args;
  if (word !== undefined) await refuseUnknown(program, word);
  if (options.api !== true && (options.port ?? options.host) !== undefined)
    program.error('error: --port and --host are for --api, or after `serve`');
  if (options.api === true) await (await import('./serve-action.ts')).serveAction(options);
  else if (options.resume === true)
    await (await import('./resume-action.ts')).resumeAction(options);
  else if (options.status === true)
    await (await import('./status-action.ts')).statusAction(options);
  else if (options.stop === true) await (await import('./control-action.ts')).stopAction(options);
  else if (options.ideaFile !== undefined)
    await (await import('./run-action.ts')).runAction(options);
  else await promptOrHelp(program, options);
}

/** Without a command it is the prompt, where there is somebody to type at it. */
async function promptOrHelp(program: Command, options: OriginalOptions): Promise<void> {
  const { chooseView } = await import('./interactive/choose-view.ts');
  const surroundings = {
    stdinIsTerminal: process.stdin.isTTY,
    stdoutIsTerminal: process.stdout.isTTY,
    env: processEnvironment(),
    options,
  };
  const kind = chooseView(surroundings);
  if (kind === 'none') return program.outputHelp();
  const { interactiveAction } = await import('./interactive/interactive-action.ts');
  await interactiveAction(options, { kind, surroundings });
}

/** A word that is no command ends here, since a call without any is valid. */
async function refuseUnknown(program: Command, word: string): Promise<never> {
  const { nearest } = await import('../app.ts');
  const names = program.createHelp().visibleCommands(program);
  const meant = nearest(
    word,
    names.map((command) => command.name()),
  );
  const hint = meant === undefined ? '' : `\n(Did you mean ${meant}?)`;
  program.error(`error: unknown command '${word}'${hint}`);
}

/** `approve [phase]`: that there are options too goes without saying. */
function termOf(command: Command): string {
  const words = command.registeredArguments.map((word) =>
    word.required ? `<${word.name()}>` : `[${word.name()}]`,
  );
  return [command.name(), ...words].join(' ');
}
