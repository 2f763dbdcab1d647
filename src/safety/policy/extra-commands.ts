import { HarnessError } from '../../domain/errors.ts';
import { NEVER, PLAIN_COMMAND } from '../../domain/never-commands.ts';
import type { Policy } from './policy.ts';
import { profileOf } from './profiles.ts';
import type { Check, Commands, Spec } from './spec.ts';

/** A command that the operator adds: `security.extra_commands`. */
interface ExtraCommand {
  readonly name: string;
  /** First words that it may have; absent: any. */
  readonly subcommands?: readonly string[] | undefined;
  /** Options that it may have; absent: any. */
  readonly flags?: readonly string[] | undefined;
}

/** What an operator's policy is made of. Validators come as code, never from a file. */
export interface PolicyOrder {
  readonly profile: Policy['profile'];
  readonly extraCommands: readonly ExtraCommand[];
  /** Looks at every occurrence of the command of this name, and refuses by throwing. */
  readonly validators?: Readonly<Record<string, Check>>;
}

/**
 * A profile with what the operator adds to it.
 * @throws HarnessError CONFIG_INVALID for a command that can't be added, or a validator without one.
 */
export function createPolicy({ profile, extraCommands, validators = {} }: PolicyOrder): Policy {
  const base = profileOf(profile);
  const added: Commands = Object.fromEntries(
    extraCommands.map((extra) => [nameOf(extra), specOf(extra)]),
  );
  const commands: Record<string, Spec> = { ...base.commands, ...added };
  for (const [name, check] of Object.entries(validators)) {
    const spec = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (spec === undefined) throw invalid(`a validator names ${name}, which is no allowed command`);
    commands[name] = { ...spec, check: both(check, spec.check) };
  }
  return Object.freeze({ ...base, commands: Object.freeze(commands) });
}

function nameOf({ name }: ExtraCommand): string {
  if (!PLAIN_COMMAND.test(name))
    throw invalid(`security.extra_commands: ${JSON.stringify(name)} is no plain name of a command`);
  if (Object.hasOwn(NEVER, name))
    throw invalid(`security.extra_commands: ${name} can never be added`);
  return name;
}

function specOf({ subcommands, flags }: ExtraCommand): Spec {
  const words: Spec =
    flags === undefined
      ? { operands: 'tool', loose: true }
      : { operands: 'tool', options: flags.join(' '), guarded: true };
  if (subcommands === undefined) return words;
  return {
    ...(flags === undefined ? {} : { options: flags.join(' ') }),
    posix: true,
    guarded: true,
    subcommands: Object.fromEntries(subcommands.map((name) => [name, words])),
  };
}

function both(first: Check, second: Check | undefined): Check {
  if (second === undefined) return first;
  return (call) => {
    first(call);
    return second(call);
  };
}

function invalid(what: string): HarnessError {
  return new HarnessError('CONFIG_INVALID', `${what}; mend security.extra_commands`, { exit: 2 });
}
