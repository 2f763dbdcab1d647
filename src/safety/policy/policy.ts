import type { Commands } from './spec.ts';

/** What is allowed: a profile with the operator's additions. Nothing of it comes from a workspace. */
export interface Policy {
  readonly profile: 'standard' | 'seed';
  readonly commands: Commands;
  /** What may run inside of $( ). */
  readonly substitutions: Commands;
  /** Commands that merely read: others may add words to them that nobody knows. */
  readonly readers: ReadonlySet<string>;
  /** Whether programs of the project and packages of the registry may run by their own name. */
  readonly projectPrograms: boolean;
}
