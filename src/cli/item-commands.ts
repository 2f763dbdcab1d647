import { InvalidArgumentError, type Command } from 'commander';
import { labelList, several, type CommonOptions } from './common-options.ts';
import type { AddOptions } from './items-action.ts';

/** Work items: a person may look, add, and change what waits. */
export function addItemCommands(program: Command): void {
  program.commandsGroup('Work items:');
  const items = program
    .command('items')
    .description('work items: list, show, comments, add, retry, skip, block');
  items
    .command('list', { isDefault: true })
    .description('all of them')
    .action(async (options: CommonOptions) =>
      (await import('./items-action.ts')).listAction(options),
    );
  items
    .command('show')
    .description('everything about one')
    .argument('<key>')
    .action(async (key: string, options: CommonOptions) =>
      (await import('./items-action.ts')).showAction(key, options),
    );
  items
    .command('comments')
    .description('what was said about one in the tracker')
    .argument('<key>')
    .action(async (key: string, options: CommonOptions) =>
      (await import('./item-comments-action.ts')).commentsAction(key, options),
    );
  items
    .command('add')
    .description('one more, while the run is not complete')
    .requiredOption('--title <text>', 'what it is, in a line')
    .requiredOption('--description <text>', 'what is to be done')
    .requiredOption('--check <command>', 'proves it with exit 0; may be repeated', each)
    .option(
      '--key <key>',
      'its name (default: the next ADD-n, unless one that is not done says the same)',
    )
    .option('--depends <keys>', 'what must be done first: A,B', several)
    .option('--labels <a,b>', 'for workers with these labels', labelList)
    .option('--priority <n>', '1 urgent to 4 low, 0 none (default 3)', priority)
    .action(async (options: AddOptions) => (await import('./items-action.ts')).addAction(options));
  addChanges(items);
}

function addChanges(items: Command): void {
  items
    .command('retry')
    .description('try a blocked one again')
    .argument('<key>')
    .action(async (key: string, options: CommonOptions) =>
      (await import('./items-action.ts')).retryAction(key, options),
    );
  items
    .command('skip')
    .description('leave it out; what depends on it goes on without it')
    .argument('<key>')
    .option('--reason <text>', 'why')
    .action(async (key: string, options: CommonOptions & { readonly reason?: string }) =>
      (await import('./items-action.ts')).skipAction(key, options),
    );
  items
    .command('block')
    .description('hold it back: the run fails at its end unless it is retried')
    .argument('<key>')
    .requiredOption('--reason <text>', 'why')
    .action(async (key: string, options: CommonOptions & { readonly reason: string }) =>
      (await import('./items-action.ts')).blockAction(key, options),
    );
}

/** A shell command may hold commas: one flag, one command. */
function each(text: string, before: readonly string[] = []): readonly string[] {
  if (text.trim() === '') throw new InvalidArgumentError('must be a shell command');
  return [...before, text];
}

function priority(text: string): number {
  if (!/^[0-4]$/u.test(text)) throw new InvalidArgumentError('must be 0, 1, 2, 3 or 4');
  return Number(text);
}
