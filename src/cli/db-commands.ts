import type { Command } from 'commander';
import type { CommonOptions } from './common-options.ts';
import type { DowngradeOptions } from './db-downgrade-action.ts';

/** The tables of the database: every other command brings them up to date by itself. */
export function addDbCommands(program: Command): void {
  const db = program
    .command('db')
    .description('database: upgrade, downgrade, current, history, revision');
  db.command('upgrade')
    .description('bring it up to date, as every other command does')
    .action(async (options: CommonOptions) =>
      (await import('./db-action.ts')).upgradeAction(options),
    );
  db.command('downgrade')
    .description('take migrations back, for an older version of the program; loses data')
    .argument('[rev]', 'steps, a migration that stays, or `base`', '-1')
    .option('--yes', 'lose what it says; required without a terminal')
    .action(async (target: string, options: DowngradeOptions) =>
      (await import('./db-downgrade-action.ts')).downgradeAction(target, options),
    );
  db.command('current')
    .description('the newest migration that it has')
    .action(async (options: CommonOptions) =>
      (await import('./db-action.ts')).currentAction(options),
    );
  db.command('history')
    .description('all migrations, the newest first')
    .action(async (options: CommonOptions) =>
      (await import('./db-action.ts')).historyAction(options),
    );
  db.command('revision')
    .description('write the next migration from the tables in the sources; in a checkout only')
    .requiredOption('-m, --message <text>', 'what changes, in a few words')
    .action(async (options: CommonOptions & { readonly message: string }) =>
      (await import('./db-action.ts')).revisionAction(options),
    );
}
