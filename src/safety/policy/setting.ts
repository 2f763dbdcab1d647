import { NEVER } from '../../domain/never-commands.ts';
import type { Rule, Verdict } from './verdict.ts';

const OWN_ENTRY =
  'The operator can allow it with an entry of that command in security.extra_commands.';
const NONE = 'No setting allows it.';

const BY_RULE: Readonly<Partial<Record<Rule, string>>> = {
  option: OWN_ENTRY,
  argument: OWN_ENTRY,
  path: 'The operator can let more be read: sandbox.read.',
  network:
    'The operator can allow it with an entry of that command in security.extra_commands, and its host in sandbox.egress.',
};

/** By which setting a person can allow what was denied, as a sentence; empty: the reason says it. */
export function settingFor(denied: Extract<Verdict, { decision: 'deny' }>): string {
  if (denied.rule !== 'command') return BY_RULE[denied.rule] ?? NONE;
  if (denied.reason.includes('security.extra_commands')) return '';
  const never = denied.commands.some((name) => Object.hasOwn(NEVER, name));
  return never ? NONE : OWN_ENTRY;
}
