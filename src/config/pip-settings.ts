import { join } from 'node:path';
import { readText } from './read-text.ts';
import type { Lookup } from './substitute.ts';

/** pip's index as it is configured for this user: PIP_INDEX_URL, else its files; undefined: nobody said. */
export function pipIndex(lookup: Lookup): string | undefined {
  const said = filled(lookup('PIP_INDEX_URL'));
  if (said !== undefined) return said;
  // Later files are stronger, and so is the section of the command.
  const found = files(lookup).flatMap((file) => {
    const text = readText(file, file) ?? '';
    return ['global', 'install'].map((section) => indexIn(text, section));
  });
  return found.findLast((index) => index !== undefined);
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

function indexIn(text: string, section: string): string | undefined {
  let inside = false;
  let found: string | undefined;
  for (const line of text.split(/\r?\n/u)) {
    const head = /^\[(?<name>[^\]]*)\]/u.exec(line)?.groups?.['name'];
    if (head !== undefined) inside = head.trim() === section;
    else if (inside)
      found = /^index[-_]url\s*[=:]\s*(?<url>\S+)\s*$/u.exec(line)?.groups?.['url'] ?? found;
  }
  return found;
}
