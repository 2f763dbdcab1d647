import { join } from 'node:path';
import { readText } from './read-text.ts';
import type { Lookup } from './substitute.ts';

export interface PipSettings {
  /** Undefined: nobody said. */
  readonly index: string | undefined;
  /** Further indexes, which pip would ask for any package too. */
  readonly extras: readonly string[];
}

/** pip's indexes as they are configured for this user: its variables, else its files. */
export function pipSettings(lookup: Lookup): PipSettings {
  // Later files are stronger, and so is the section of the command.
  const sections = files(lookup).flatMap((file) => {
    const text = readText(file, file) ?? '';
    return ['global', 'install'].map((section) => settingsIn(text, section));
  });
  const strongest = (variable: string, key: string): string | undefined =>
    filled(lookup(variable)) ?? sections.findLast((one) => one.has(key))?.get(key);
  const index = strongest('PIP_INDEX_URL', 'index-url');
  const extras = strongest('PIP_EXTRA_INDEX_URL', 'extra-index-url') ?? '';
  return { index, extras: extras.split(/\s+/u).filter((url) => url !== '') };
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** The machine's, the user's, the environment's, and the one that a variable names; the null device: none. */
function files(lookup: Lookup): readonly string[] {
  const named = filled(lookup('PIP_CONFIG_FILE'));
  if (named === '/dev/null') return [];
  const home = filled(lookup('HOME'));
  const settings =
    filled(lookup('XDG_CONFIG_HOME')) ?? (home === undefined ? undefined : join(home, '.config'));
  const active = filled(lookup('VIRTUAL_ENV'));
  return [
    '/etc/xdg/pip/pip.conf',
    '/etc/pip.conf',
    ...(home === undefined ? [] : [join(home, '.pip', 'pip.conf')]),
    ...(settings === undefined ? [] : [join(settings, 'pip', 'pip.conf')]),
    ...(active === undefined ? [] : [join(active, 'pip.conf')]),
    ...(named === undefined ? [] : [named]),
  ];
}

function settingsIn(text: string, section: string): ReadonlyMap<string, string> {
  // A value goes on in lines that are indented, also past comments.
  const plain = text.replaceAll(/^[ \t]*[#;].*\r?\n?/gmu, '').replaceAll(/(?:\r?\n[ \t]+)+/gu, ' ');
  const found = new Map<string, string>();
  let inside = false;
  for (const line of plain.split(/\r?\n/u)) {
    const { name, key, value = '' } = LINE.exec(line)?.groups ?? {};
    if (name !== undefined) inside = name.trim() === section;
    if (inside && key !== undefined && value !== '')
      found.set(key.replaceAll('_', '-').toLowerCase(), value);
  }
  return found;
}

const LINE = /^(?:\[(?<name>[^\]]*)\]|(?<key>[\w-]+)\s*[=:]\s*(?<value>.*?)\s*$)/u;
