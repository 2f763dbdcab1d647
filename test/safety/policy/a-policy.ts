import { createPolicy } from '../../../src/safety/policy/extra-commands.ts';
import type { Place } from '../../../src/safety/policy/jail.ts';
import { judgeCommand } from '../../../src/safety/policy/judge.ts';
import type { Verdict } from '../../../src/safety/policy/verdict.ts';

/** A project that exists on no disk: nothing in it is a link. */
export function aPlace(changes: Partial<Place> = {}): Place {
  return {
    workspace: '/work/shop',
    cwd: changes.workspace ?? '/work/shop',
    scratch: ['/tmp'],
    readable: ['/usr', '/bin', '/lib'],
    protects: (below) => /(?:^|\/)\.git(?:\/|$)|^orchestrator\.yaml$/u.test(below),
    realOf: (path) => path,
    ...changes,
  };
}

const STANDARD = createPolicy({ profile: 'standard', extraCommands: [] });
export const SEED = createPolicy({ profile: 'seed', extraCommands: [] });

/** What profile `standard` says of a command in a project. */
export function judged(command: string, place = aPlace()): Verdict {
  return judgeCommand(STANDARD, place, command);
}

/** `allow`, or the rule that it breaks. */
export function ruleOf(command: string, place = aPlace()): string {
  const verdict = judged(command, place);
  return verdict.decision === 'allow' ? 'allow' : verdict.rule;
}
