import type { Config } from './config/config.ts';
import { bashPlace } from './safety/bash-place.ts';
import { createPolicy } from './safety/policy/extra-commands.ts';
import { judgeCommand } from './safety/policy/judge.ts';
import type { Verdict } from './safety/policy/verdict.ts';

/**
 * What the bash policy says of commands in a project's folder. Throws `CONFIG_INVALID` (exit 2) when
 * the operator added what can't be.
 */
export function commandChecker(order: {
  readonly config: Pick<Config, 'security' | 'settings'>;
  /** Absolute. */
  readonly directory: string;
  /** Null: the configured one. */
  readonly profile: 'standard' | 'seed' | null;
}): (command: string) => Verdict {
  const { security, settings } = order.config;
  const policy = createPolicy({ ...security, profile: order.profile ?? security.profile });
  const place = {
    workspace: order.directory,
    cwd: null,
    readable: [],
    sealed: settings.sandbox.driver === 'bwrap',
    protectedPaths: security.protectedPaths,
  };
  return (command) => judgeCommand(policy, bashPlace(place), command);
}
