import { delimiter, dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { readText } from './read-text.ts';
import type { Lookup } from './substitute.ts';

/** What npm's files and variables say, the strongest level of each key. */
export interface NpmSettings {
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Reads npm's configuration as npm does for this user, but for the file of a project: that comes
 * with a repository, whose author must not choose whom we ask.
 */
export function npmSettings(lookup: Lookup): NpmSettings {
  const values = new Map([
    ...settingsIn(lookup, globalFile(lookup)),
    ...settingsIn(lookup, userFile(lookup)),
  ]);
  const said = variable(lookup, 'registry');
  if (said !== undefined && said !== fromProject(lookup)) values.set('registry', said);
  return { values };
}

/** A variable counts in either case, and not when it is empty. */
function variable(lookup: Lookup, name: string): string | undefined {
  return filled(lookup(`npm_config_${name}`)) ?? filled(lookup(`NPM_CONFIG_${name.toUpperCase()}`));
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function userFile(lookup: Lookup): string | undefined {
  const home = filled(lookup('HOME'));
  return variable(lookup, 'userconfig') ?? (home === undefined ? undefined : join(home, '.npmrc'));
}

/** `etc/npmrc` under npm's prefix, which is where Node is unless it was said. */
function globalFile(lookup: Lookup): string | undefined {
  const said = variable(lookup, 'globalconfig');
  if (said !== undefined) return said;
  const prefix = variable(lookup, 'prefix') ?? prefixOnPath(filled(lookup('PATH')) ?? '');
  return prefix === undefined ? undefined : join(prefix, 'etc', 'npmrc');
}

/** npm puts `node_modules/.bin` on the PATH of what it starts: no Node there is the system's. */
function prefixOnPath(path: string): string | undefined {
  const bin = path
    .split(delimiter)
    .find((folder) => !folder.includes('node_modules') && existsSync(join(folder, 'npm')));
  return bin === undefined ? undefined : dirname(bin);
}

/**
 * The registry that the project says in whose folder npm was started: npm hands its files on as
 * variables to what it starts, and then they look like the user's own.
 */
function fromProject(lookup: Lookup): string | undefined {
  const folder = filled(lookup('npm_config_local_prefix'));
  const file = folder === undefined ? undefined : join(folder, '.npmrc');
  if (file === undefined || file === userFile(lookup)) return undefined;
  return settingsIn(lookup, file).get('registry');
}

function settingsIn(lookup: Lookup, file: string | undefined): ReadonlyMap<string, string> {
  const text = file === undefined ? undefined : readText(file, file);
  const line = /^[ \t]*(?<key>[^\s;#=][^=\n]*?)[ \t]*=[ \t]*(?<value>.*?)[ \t]*\r?$/gmu;
  return new Map(
    [...(text ?? '').matchAll(line)].flatMap(({ groups }) => {
      const value = groups?.['value']?.replace(/^(["'])(.*)\1$/u, '$2') ?? '';
      const whole = value.replace(/\$\{([^}]*)\}/gu, (all, name: string) => lookup(name) ?? all);
      return whole === '' ? [] : [[groups?.['key'] ?? '', whole] as const];
    }),
  );
}
