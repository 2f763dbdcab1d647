import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CostOptions } from './cost-action.ts';
import type { EventsOptions } from './events-action.ts';
import type { LogsOptions } from './logs-action.ts';
import type { CommonOptions } from './common-options.ts';
import type { StatusOptions } from './status-action.ts';

/** Commands that only look. */
export function addLookCommands(program: Command): void {
  program.commandsGroup('Look:');
  program
    .command('status')
    .description('where a run stands')
    .option('--watch', 'live, until nobody carries the run out any more')
    .action(async (options: StatusOptions) =>
      (await import('./status-action.ts')).statusAction(options),
    );
  program
    .command('why')
    .description('the one cause of the present wait or stop, and what to do')
    .argument('[item]', 'of this work item instead of the run')
    .action(async (item: string | undefined, options: CommonOptions) =>
      (await import('./why-action.ts')).whyAction(item, options),
    );
  program
    .command('logs')
    .description('what the agents said and did')
    .option('-f, --follow', 'go on until the run ends')
    .option('--session <id>', 'of this session only; the first characters are enough')
    .option('--item <key>', 'of this work item only')
    .action(async (options: LogsOptions) => (await import('./logs-action.ts')).logsAction(options));
  program
    .command('events')
    .description('every fact that was stored')
    .option('-f, --follow', 'go on until the run ends')
    .option('--after <id>', 'only what came later', eventNumber)
    .action(async (options: EventsOptions) =>
      (await import('./events-action.ts')).eventsAction(options),
    );
  program
    .command('cost')
    .description('tokens and money, caps and forecast')
    .addOption(
      new Option('--by <part>', 'per what')
        .choices(['phase', 'item', 'model', 'session'])
        .default('phase'),
    )
    .action(async (options: CostOptions) => (await import('./cost-action.ts')).costAction(options));
}

function eventNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/u.test(text) || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('must be the number of an event, or 0');
  return number;
}
