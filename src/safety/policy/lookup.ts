import { posix } from 'node:path';
import { NEVER } from '../../domain/never-commands.ts';
import { resolved, within, type Place } from './jail.ts';
import type { Policy } from './policy.ts';
import type { Commands, Spec } from './spec.ts';
import type { State } from './state.ts';
import { quoted, refuse } from './verdict.ts';

interface Asked {
  readonly policy: Policy;
  readonly place: Place;
  readonly state: State;
  readonly within: 'script' | 'substitution';
  /** Words are added to it that nobody knows. */
  readonly adding: boolean;
  /** It is the name of a package whose program runs. */
  readonly package: boolean;
}

/** A program of the project itself, or of a package: its code is the workspace's own. */
const OWN_CODE: Spec = Object.freeze({ operands: 'tool', loose: true });

const SYSTEM_FOLDERS = ['/bin', '/usr/bin', '/usr/local/bin', '/sbin', '/usr/sbin'] as const;

/** Where a project keeps what is run by its path. */
const PROGRAMS =
  /^(?:gradlew|mvnw|configure|manage\.py|(?:[\w.-]+\/)*(?:node_modules\/\.bin|\.?venv\/bin|vendor\/bin|target\/(?:debug|release)|scripts|bin|build|dist|out)\/[\w./+-]+)$/u;

/** The entry of a command. Refuses what is not listed, and what has no place where it stands. */
export function specOf(asked: Asked, name: string): Spec {
  const { policy } = asked;
  if (asked.package) return packageSpec(policy, name);
  if (asked.within === 'substitution') return substituted(policy, name);
  if (asked.adding && !policy.readers.has(name))
    return refuse(
      'command',
      `${name} would get words that nobody knows beforehand.`,
      `Only what reads may run so: ${[...policy.readers].join(', ')}. Or use a for loop.`,
    );
  if (name.includes('/')) return programAt(asked, name);
  return listedOr(policy.commands, name);
}

function listed(commands: Commands, name: string): Spec | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}

function unlisted(name: string): never {
  const instead = Object.hasOwn(NEVER, name) ? NEVER[name] : undefined;
  if (instead !== undefined) return refuse('command', `${name} is not for agents.`, instead);
  return refuse(
    'command',
    `${quoted(name)} is not among the allowed commands.`,
    'Do it with those that are; the operator can add it: security.extra_commands.',
  );
}

function substituted({ substitutions }: Policy, name: string): Spec {
  return (
    listed(substitutions, name) ??
    refuse(
      'substitution',
      `${quoted(name)} may not run inside $( ).`,
      `Only ${Object.keys(substitutions).join(', ')} may; run others by themselves, with a pipe or a file in /tmp.`,
    )
  );
}

/** `name`, `name@version` or `@scope/name`, as a registry has them. */
function packageSpec(policy: Policy, text: string): Spec {
  const name = /^((?:@[\w.-]+\/)?[\w.-]+)(?:(?:@|==)[\w.^~*<>=!,[\]-]+)?$/u.exec(text)?.[1];
  if (name === undefined)
    return refuse(
      'argument',
      `${quoted(text)} is no name of a package.`,
      'Name a package of the registry.',
    );
  if (Object.hasOwn(NEVER, name)) return unlisted(name);
  return listed(policy.commands, name) ?? OWN_CODE;
}

/** A command by its path: the toolchain's by its name, the project's own where it keeps them. */
function programAt(asked: Asked, name: string): Spec {
  const { policy, place } = asked;
  const path = pathOf(asked, name);
  if (path === `${place.workspace}/init.sh`) return listedOr(policy.commands, 'init.sh');
  if (isToolchain(place, posix.dirname(path)))
    return listedOr(policy.commands, posix.basename(name));
  const own = policy.projectPrograms && within([place.workspace], path);
  if (own && PROGRAMS.test(posix.relative(place.workspace, path))) return OWN_CODE;
  return refuse(
    'command',
    `${quoted(name)} is not a program of the project that may run by its path.`,
    'Run ./init.sh, or what is in scripts/, bin/ or node_modules/.bin/; or use its interpreter: node FILE, python FILE, bash FILE.',
  );
}

function pathOf({ place, state }: Asked, name: string): string {
  const [folder, ...others] = state.folders ?? [];
  const known = folder !== undefined && others.length === 0;
  if (!name.startsWith('/') && !known)
    refuse('path', `Where ${quoted(name)} is, is not known after cd.`, 'Use && after cd.');
  return resolved(place, folder ?? place.cwd, name);
}

function listedOr(commands: Commands, name: string): Spec {
  return listed(commands, name) ?? unlisted(name);
}

function isToolchain({ readable }: Place, folder: string): boolean {
  return (
    SYSTEM_FOLDERS.some((one) => one === folder) ||
    (posix.basename(folder) === 'bin' && within(readable, folder))
  );
}
