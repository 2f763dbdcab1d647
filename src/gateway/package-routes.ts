import { filesOf, PUBLIC_NPM_NAMES } from '../domain/registries.ts';
import type { Registries } from '../domain/registries.ts';

/** A text at the start of a URL, and what stands for it in the box. */
export interface Mirror {
  readonly from: string;
  readonly to: string;
}

/** A part of the wire's paths and the one place it leads to. */
export interface PackageRoute {
  /** Starts and ends in a slash. */
  readonly prefix: string;
  /** Base URL, ending in a slash; null: closed, because nobody knows where it would lead. */
  readonly base: string | null;
  /** The npm scope whose packages it is for, wherever on the wire they are asked for; null: none. */
  readonly scope: string | null;
  /** The prefixes that links in its index pages may lead to. */
  readonly links: readonly string[];
}

const PYPI = '/_pypi/';
const FILES = '/_files/';
const SCOPES = '/_scope/';

/**
 * Where each path of the wire leads. The npm registry is at the root, because npm keeps the path of
 * a locked URL and changes its host only; no package name starts with an underscore, so the
 * others can't be mistaken for one. A scope's packages are never asked for at another registry than
 * its own, where somebody else may have taken their names.
 */
export function routesOf({ npm, scopes, pypi }: Registries): readonly PackageRoute[] {
  const index = pypi === null ? null : new URL('..', pypi).href;
  const scoped = Object.entries(scopes).map(([scope, base]): PackageRoute => {
    const prefix = `${SCOPES}${scope.slice(1)}/`;
    return { prefix, base, scope, links: [prefix] };
  });
  return [
    { prefix: PYPI, base: index, scope: null, links: [PYPI, FILES] },
    { prefix: FILES, base: filesOf(pypi), scope: null, links: [] },
    ...scoped,
    { prefix: '/', base: npm, scope: null, links: ['/'] },
  ];
}

/** Where a request leads, or why it leads nowhere. */
export type Target =
  | { readonly status: 'found'; readonly url: URL; readonly route: PackageRoute }
  | { readonly status: 'closed'; readonly route: PackageRoute; readonly reason: string }
  | { readonly status: 'refused'; readonly reason: string };

const HINT = 'what is configured is no web address';

/** Finds the URL of a request target; it lies below its route's base, whatever the target says. */
export function targetOf(routes: readonly PackageRoute[], target: string): Target {
  const route = scopeOf(routes, target) ?? routes.find(({ prefix }) => target.startsWith(prefix));
  if (route === undefined || !isPlain(target))
    return { status: 'refused', reason: 'this is no plain path of a package' };
  if (route.base === null)
    return { status: 'closed', route, reason: `no usable registry for ${route.prefix} (${HINT})` };
  const base = new URL(route.base);
  const rest = target.slice(target.startsWith(route.prefix) ? route.prefix.length : 1);
  // A URL that was locked against this very registry keeps its path and with it the base's.
  const own = base.pathname.slice(1);
  const inner = own !== '' && rest.startsWith(own) ? rest.slice(own.length) : rest;
  if (![PYPI, FILES].includes(route.prefix) && isAdministration(inner))
    return { status: 'refused', reason: 'this is no package, but the registry itself' };
  return { status: 'found', url: new URL(base.href + inner), route };
}

/** Public keys by which packages are signed: all that an installation asks there. */
const KEYS = '-/npm/v1/keys';

/**
 * Where an npm registry answers about itself and its users: who pays, their tokens and teams. It is
 * asked with the operator's credential, and an install script can ask, too.
 */
function isAdministration(path: string): boolean {
  const plain = path.split('?', 1)[0] ?? '';
  const first = plain.split(/\/|%2f/iu).find((name) => name !== '');
  return first !== undefined && /^(?:-|%2d)$/iu.test(first) && plain !== KEYS;
}

/** The route of the scope that a part of the path names, encoded or not. */
function scopeOf(routes: readonly PackageRoute[], target: string): PackageRoute | undefined {
  const path = target.split('?', 1)[0]?.replaceAll(/%40/gu, '@') ?? '';
  const names = path.split(/\/|%2f/iu);
  return routes.find(({ scope }) => scope !== null && names.includes(scope));
}

/** Visible ASCII, nothing that a URL parser or a server would read as another path. */
function isPlain(target: string): boolean {
  if (!/^\/[\x21-\x7e]*$/u.test(target) || /[\\#]|%(?:00|25|2e|5c)/iu.test(target)) return false;
  const path = target.split('?', 1)[0] ?? '';
  return !path.split(/\/|%2f/iu).some((name) => name === '.' || name === '..');
}

/** What URLs under the routes' bases become in a box whose wire answers at `wire`. */
export function mirrorsOf(
  routes: readonly PackageRoute[],
  prefixes: readonly string[],
  wire: string,
): readonly Mirror[] {
  return routes.flatMap(({ prefix, base }) =>
    base === null || !prefixes.includes(prefix) ? [] : [{ from: base, to: wire + prefix }],
  );
}

/**
 * What makes lock files lead to the wire where a package manager takes their URLs as they are. Those
 * of the public registry lead there too, whichever registry is asked in the end.
 */
export function lockMirrorsOf(routes: readonly PackageRoute[], wire: string): readonly Mirror[] {
  const all = routes.map(({ prefix }) => prefix);
  const names = PUBLIC_NPM_NAMES.map((from) => ({ from, to: `${wire}/` }));
  return [...mirrorsOf(routes, all, wire), ...names];
}

/** What makes package managers in a box use the wire, and give up on a dead registry in seconds. */
export function variablesOf({ pypi }: Registries, wire: string): Readonly<Record<string, string>> {
  const index = pypi === null ? 'simple' : lastNameOf(pypi);
  // From version 11 on pnpm reads variables of its own.
  const both = ['npm', 'pnpm'].flatMap((name) => [
    [`${name}_config_registry`, `${wire}/`],
    [`${name}_config_fetch_retry_mintimeout`, '500'],
    [`${name}_config_fetch_retry_maxtimeout`, '4000'],
  ]);
  return {
    ...Object.fromEntries(both),
    npm_config_replace_registry_host: 'always',
    YARN_REGISTRY: `${wire}/`,
    YARN_NPM_REGISTRY_SERVER: wire,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    PIP_INDEX_URL: `${wire}${PYPI}${index}`,
    UV_DEFAULT_INDEX: `${wire}${PYPI}${index}`,
  };
}

function lastNameOf(url: string): string {
  return new URL(url).pathname.split('/').at(-2) ?? '';
}
