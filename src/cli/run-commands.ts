import { Option, type Command } from 'commander';
import { PHASES } from '../domain/phase.ts';
import type { EditOptions, RejectOptions } from './approval-action.ts';
import {
  amount,
  labelList,
  portNumber,
  several,
  wholeNumber,
  type CommonOptions,
} from './common-options.ts';
import type { DemoOptions } from './demo-action.ts';
import type { HostOptions } from './host-action.ts';
import type { RunOptions } from './run-options.ts';
import type { ServeOptions } from './serve-action.ts';
import type { WorkerOptions } from './worker-action.ts';

/** Commands that start, steer and end runs. */
export function addRunCommands(program: Command): void {
  program.commandsGroup('Run:');
  addRun(program);
  addResume(program);
  program
    .command('stop')
    .description('end a run gracefully; it can be resumed')
    .option('--now', 'kill its sessions at once; their work is kept')
    .action(async (options: CommonOptions & { readonly now?: boolean }) =>
      (await import('./control-action.ts')).stopAction(options),
    );
  program
    .command('pause')
    .description('let the sessions under way finish, start no others')
    .action(async (options: CommonOptions) =>
      (await import('./control-action.ts')).pauseAction(options),
    );
  addApprovals(program);
  addDemo(program);
  addServe(program);
  addHost(program);
  program
    .command('worker')
    .description('take part in the runs of the Postgres in DATABASE_URL')
    .option('--parallel <n>', 'attempts at once in this process', wholeNumber)
    .option('--labels <a,b>', 'only work items that carry one of these labels', labelList)
    .option('--rehearse', 'take part in rehearsals')
    .action(async (options: WorkerOptions) =>
      (await import('./worker-action.ts')).workerAction(options),
    );
}

function addRun(program: Command): void {
  program
    .command('run')
    .description('build what an idea asks for')
    .option('--idea <text>', 'the idea itself')
    .option('--idea-file <file>', 'a file that holds it')
    .option('--no-interactive', 'ask nobody: every phase is approved')
    .addOption(new Option('--autonomy <how>', 'full never waits').choices(['full', 'checkpoint']))
    .option('--parallel <n>', 'work items at once (default 3)', wholeNumber)
    .option('--model <name>', 'model of every session')
    .option('--max-sessions <n>', 'sessions at most', wholeNumber)
    .option('--budget <usd>', 'US dollars at most', amount)
    .option('--rehearse', 'a scripted model instead of a real one: no key, no cost')
    .addOption(new Option('--from <phase>', 'skip the phases before').choices([...PHASES]))
    .option('--existing', 'work on the code that is in the folder')
    .action(async (options: RunOptions) => (await import('./run-action.ts')).runAction(options));
}

function addServe(program: Command): void {
  program
    .command('serve')
    .description('the HTTP API and the dashboard')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--port <n>', 'port to listen on (default: API_PORT, 8080)', portNumber)
    .option('--allow-host <name>', 'a name under which a proxy reaches it; repeatable', several)
    .action(async (options: ServeOptions) =>
      (await import('./serve-action.ts')).serveAction(options),
    );
}

/** What `serve` starts; nobody types it. */
function addHost(program: Command): void {
  program
    .command('host', { hidden: true })
    .description('carry out the runs of a server')
    .option('--rehearse', 'those with a scripted model')
    .action(async (options: HostOptions) => (await import('./host-action.ts')).hostAction(options));
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .description('build app_spec.txt with two kinds of agents and a tracker')
    .option('--max-iterations <n>', 'sessions at most, the former ones included', wholeNumber)
    .option('--model <name>', 'model of every session')
    .addOption(
      new Option('--tracker <name>', 'where the issues are (default linear)').choices([
        'linear',
        'local',
      ]),
    )
    .option('--issues <n>', 'instead of the number in initializer_prompt.md', wholeNumber)
    .option('--budget <usd>', 'US dollars at most', amount)
    .option('--rehearse', 'a scripted model instead of a real one: no key, no cost')
    .option('--start-over', 'with --rehearse: replace a former rehearsal')
    .action(async (options: DemoOptions) => (await import('./demo-action.ts')).demoAction(options));
}

function addResume(program: Command): void {
  program
    .command('resume')
    .description('go on where a run stopped')
    .option('--no-interactive', 'ask nobody: every phase is approved')
    .option('--parallel <n>', 'work items at once', wholeNumber)
    .option('--model <name>', 'model of every further session')
    .option('--max-sessions <n>', 'sessions at most, the former ones included', wholeNumber)
    .option('--budget <usd>', 'US dollars at most, the former ones included', amount)
    .action(async (options: RunOptions) =>
      (await import('./resume-action.ts')).resumeAction(options),
    );
}

function addApprovals(program: Command): void {
  const state = '--state <hash>';
  const seen = 'what you looked at, as `status` names it: nothing else is answered';
  program
    .command('approve')
    .description('answer a question with yes')
    .argument('[about]', 'the phase, or the work item, that waits; the oldest question if absent')
    .option('--edit <file>', 'replace the document with this file')
    .option(state, seen)
    .action(async (about: string | undefined, options: EditOptions) =>
      (await import('./approval-action.ts')).approveAction(about, options),
    );
  program
    .command('reject')
    .description('answer a question with no: the work is tried again with the reason')
    .argument('<about>', 'the phase, or the work item, that waits')
    .option('--reason <text>', 'what must become different')
    .option('--feedback <text>', 'the same')
    .option(state, seen)
    .action(async (about: string, options: RejectOptions) =>
      (await import('./approval-action.ts')).rejectAction(about, options),
    );
}
