import { Option, type Command } from 'commander';
import { HarnessError } from '../domain/errors.ts';

/** Commands that are promised and not there yet: refused by name, never mistaken for a typing error. */
const COMMANDS = ['serve'] as const;

/** Whoever builds one deletes its name here. */
export function addNotBuilt(program: Command): void {
  for (const name of COMMANDS)
    program
      .command(name, { hidden: true })
      .helpOption(false)
      .allowUnknownOption()
      .argument('[words...]')
      .action(() => {
        throw notBuilt(`\`harness ${name}\``);
      });
  for (const option of [
    new Option('--api'),
    new Option('--port <port>'),
    new Option('--host <host>'),
  ])
    program.addOption(option.hideHelp());
}

/** Throws `NOT_BUILT` (exit 2) when a flag was given that nothing answers yet. */
export function refuseNotBuilt(flags: {
  readonly api?: boolean;
  readonly port?: string;
  readonly host?: string;
}): void {
  if (flags.api === true) throw notBuilt('--api');
  if (flags.port !== undefined) throw notBuilt('--port');
  if (flags.host !== undefined) throw notBuilt('--host');
}

/** The refusal of something that has a name and no inside yet. */
export function notBuilt(what: string): HarnessError {
  return new HarnessError(
    'NOT_BUILT',
    `${what} is not built yet; \`harness --help\` lists what is`,
    {
      exit: 2,
    },
  );
}
