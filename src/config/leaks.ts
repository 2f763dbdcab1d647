import type { Problem } from './problem.ts';
import type { Path, YamlData } from './yaml-source.ts';

/** What the file may hand to nobody that it names. */
export interface Guarded {
  /** Values of our own credentials by the variable's name. */
  readonly credentials: ReadonlyMap<string, string>;
  /** Values of what `environment.secrets` names, likewise. */
  readonly boxSecrets: ReadonlyMap<string, string>;
  /** Linear's own MCP server, the one that may get the key of Linear. */
  readonly linearMcpUrl: string;
}

interface Text {
  readonly path: Path;
  readonly text: string;
}

/** Which of our own credentials belongs where in the file; the others belong nowhere in it. */
const KEPT: Readonly<Record<string, string>> = {
  database_url: 'DATABASE_URL',
  'backend.database_url': 'DATABASE_URL',
  'backend.linear_api_key': 'LINEAR_API_KEY',
};

/** A value shorter than this may stand in a text by chance; then only its variable tells. */
const TELLING = 8;

/**
 * Credentials that the file would store, show, or send to an address of its own choice. It may have come
 * with a repository, so that none of ours goes where it says.
 */
export function leaks(yaml: YamlData, guarded: Guarded): Problem[] {
  return textsIn(yaml.data).flatMap((found) => {
    const what = leakIn(found, yaml, guarded);
    return what === undefined ? [] : [{ place: yaml.placeOf(found.path), what }];
  });
}

/** Where notifiers are reached, and what they sign with. */
export function hooksIn(yaml: YamlData): readonly string[] {
  return textsIn(yaml.data)
    .filter(({ path }) => isHook(path))
    .map(({ text }) => text);
}

function leakIn(found: Text, yaml: YamlData, guarded: Guarded): string | undefined {
  const { path } = found;
  const where = path.map(String).join('.') || 'the file';
  if (isHook(path)) {
    const fault = faultOfHook(found, yaml, guarded);
    return fault && `${where} ${fault}`;
  }
  const own = ownCredential(path, yaml, guarded);
  const others = [...guarded.credentials].filter(([name]) => name !== own);
  const name = nameIn(found, yaml, others);
  if (name === undefined) return undefined;
  return isHeader(path) || Object.hasOwn(KEPT, where)
    ? `${where} would hand ${name} to an address that the file chooses: give it a variable of its own`
    : `${where} would store and show the value of ${name}: environment.secrets takes names`;
}

function faultOfHook(found: Text, yaml: YamlData, guarded: Guarded): string | undefined {
  const name = nameIn(found, yaml, [...guarded.credentials, ...guarded.boxSecrets]);
  if (name !== undefined)
    return `would hand ${name} to an address that the file chooses: give it a variable of its own`;
  const filling = yaml.filling(found.path);
  const mixed = filling !== undefined && filling.names.length > 0 && !filling.alone;
  return mixed && found.path[2] === 'url'
    ? 'mixes an address of the file with a variable, which could hand over any: put the whole address into one variable, as in "${HOOK_URL}"'
    : undefined;
}

/** The credential in a text, by its value or by its variable; undefined: none. */
function nameIn(
  { path, text }: Text,
  yaml: YamlData,
  credentials: readonly (readonly [string, string])[],
): string | undefined {
  const names = yaml.filling(path)?.names ?? [];
  return credentials.find(
    ([name, value]) => names.includes(name) || (value.length >= TELLING && text.includes(value)),
  )?.[0];
}

/** The one credential of ours that belongs at this place. */
function ownCredential(path: Path, yaml: YamlData, { linearMcpUrl }: Guarded): string | undefined {
  if (!isHeader(path)) return KEPT[path.map(String).join('.')];
  const url = textsIn(yaml.data).find(
    (one) => one.path.length === 3 && one.path[1] === path[1] && isMcpUrl(one.path),
  );
  return url?.text.replace(/\/+$/, '') === linearMcpUrl ? 'LINEAR_API_KEY' : undefined;
}

function isMcpUrl(path: Path): boolean {
  return path[0] === 'mcp' && path[2] === 'url';
}

/** Where an MCP server's credential belongs. */
function isHeader(path: Path): boolean {
  return path[0] === 'mcp' && path[2] === 'headers';
}

/** Where a notifier's address and what it signs with belong. */
function isHook(path: Path): boolean {
  return path[0] === 'notify' && (path[2] === 'url' || path[2] === 'secret');
}

function textsIn(value: unknown, path: Path = []): readonly Text[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    textsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}
