import { Option, type Command } from 'commander';
import type { CommonOptions } from './common-options.ts';
import { addDbCommands } from './db-commands.ts';
import type { ProjectsOptions } from './projects-action.ts';
import type { PolicyOptions } from './policy-action.ts';
import type { RecoverOptions } from './recover-action.ts';

/** Projects, their results, and what they need. */
export function addProjectCommands(program: Command): void {
  program.commandsGroup('Project:');
  addResults(program);
  program
    .command('projects')
    .description('all projects that were ever run')
    .option('--all', 'also rehearsals whose folder a later one took')
    .action(async (options: ProjectsOptions) =>
      (await import('./projects-action.ts')).projectsAction(options),
    );
  program
    .command('init')
    .description('write orchestrator.yaml and .env.example')
    .argument('[dir]', 'where (default: here)')
    .action(async (folder: string | undefined, options: CommonOptions) =>
      (await import('./init-action.ts')).initAction(folder, options),
    );
  addConfig(program);
  addPolicy(program);
  addDbCommands(program);
  program
    .command('doctor')
    .description('whether a run could start on this machine')
    .action(async (options: CommonOptions) =>
      (await import('./doctor-action.ts')).doctorAction(options),
    );
}

function addResults(program: Command): void {
  program
    .command('land')
    .description('bring the proved main into your repository')
    .action(async (options: CommonOptions) =>
      (await import('./land-action.ts')).landAction(options),
    );
  program
    .command('recover')
    .description('list rescued work, or restore it with --to')
    .argument('[ref]', 'a rescue, as listed')
    .option('--to <dir>', 'a new or empty folder for its files')
    .action(async (ref: string | undefined, options: RecoverOptions) =>
      (await import('./recover-action.ts')).recoverAction(ref, options),
    );
}

function addPolicy(program: Command): void {
  const policy = program.command('policy').description('bash policy: check what it says');
  policy
    .command('check')
    .description('whether an agent may run a command; exit 1 when not')
    .argument('[command]', 'one command line; `-` reads it from standard input')
    .addOption(
      new Option('--profile <name>', 'instead of the configured one').choices(['standard', 'seed']),
    )
    .option('--file <file>', 'the command line is in a file')
    .option('--stdin', 'JSON lines {"command"} in, one verdict a line out')
    .action(async (command: string | undefined, options: PolicyOptions) =>
      (await import('./policy-action.ts')).policyCheckAction(command, options),
    );
}

function addConfig(program: Command): void {
  const config = program.command('config').description('configuration: validate, show, schema');
  config
    .command('validate')
    .description('check it; exit 2 when something is wrong')
    .action(async (options: CommonOptions) =>
      (await import('./config-action.ts')).validateAction(options),
    );
  config
    .command('show')
    .description('what is in effect, without secrets')
    .action(async (options: CommonOptions) =>
      (await import('./config-action.ts')).showAction(options),
    );
  config
    .command('schema')
    .description('JSON Schema of orchestrator.yaml, for editors')
    .action(async () => (await import('./config-action.ts')).schemaAction());
}
