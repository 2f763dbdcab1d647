import { PUBLIC_NPM, PUBLIC_PYPI } from '../domain/registries.ts';
import type { PaidRegistries } from './config.ts';
import { npmSettings, type NpmSettings } from './npm-settings.ts';
import { pipSettings } from './pip-settings.ts';
import { Secret } from './secret.ts';
import type { Lookup } from './substitute.ts';

/**
 * The operator's own registries with what they want to be paid with, as npm and pip are configured
 * for this user: variables, then the user's files, then the machine's; else the public ones. Never a project's own
 * files. One that can't be used is null and never replaced by a public one, where somebody else may
 * own the same package names. Throws CONFIG_INVALID when a file can't be read.
 */
export function readRegistries(lookup: Lookup): PaidRegistries {
  const npm = npmSettings(lookup);
  const { index, extras } = pipSettings(lookup);
  const scopes = [...npm.values]
    .flatMap(([key, value]) => {
      const scope = /^(@[\w.~-]+):registry$/u.exec(key)?.[1];
      return scope === undefined ? [] : [[scope, registry(value)] as const];
    })
    .toSorted(([a], [b]) => a.localeCompare(b));
  const named = [
    npm.values.get('registry'),
    ...scopes.map(([s]) => npm.values.get(`${s}:registry`)),
  ];
  return {
    npm: registry(npm.values.get('registry') ?? PUBLIC_NPM),
    scopes: Object.fromEntries(scopes),
    pypi: registry(index ?? PUBLIC_PYPI),
    extraIndexes: [...new Set(extras.map((url) => registry(url) ?? NO_WEB_ADDRESS))],
    credentials: [...fromFiles(npm), ...[...named, index].flatMap(inUrl)],
    secrets: [...secretsIn(npm), ...extras.flatMap(inUrl).map(({ header }) => header)],
  };
}

/** Its text is not repeated: it may hold a password. */
const NO_WEB_ADDRESS = 'an entry that is no web address';

/** Ends in one slash; null for what is no plain web address. What it holds of a user is left out. */
function registry(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/u.test(url.protocol)) return null;
  return `${url.origin}${url.pathname.replace(/\/+$/u, '')}/`;
}

/** Passwords stand there in base64. */
function secretsIn({ values }: NpmSettings): readonly Secret[] {
  return [...values].flatMap(([key, value]) => {
    const kind = /(?:^|:)_(?<kind>authToken|auth|password)$/u.exec(key)?.groups?.['kind'];
    if (kind === undefined) return [];
    if (kind === 'auth') return [new Secret(`Basic ${value}`)];
    const plain = Buffer.from(value, 'base64').toString('utf8');
    return [value, ...(kind === 'password' ? [plain] : [])].map((text) => new Secret(text));
  });
}

type Credential = PaidRegistries['credentials'][number];

/** The user and password of a URL. */
function inUrl(text: string | undefined): readonly Credential[] {
  const url = URL.parse(text ?? '');
  const base = registry(text ?? '');
  if (url === null || base === null || (url.username === '' && url.password === '')) return [];
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return [credential(base.slice(url.protocol.length), `Basic ${encoded(pair)}`)];
}

/** npm keeps them by the start of a URL without its scheme: `//host/path/:_authToken`. */
function fromFiles({ values }: NpmSettings): readonly Credential[] {
  const starts = new Set(
    [...values.keys()].flatMap((key) => /^(\/\/.+\/):[a-zA-Z_]+$/u.exec(key)?.[1] ?? []),
  );
  return [...starts].flatMap((start) => {
    const of = (name: string): string | undefined => values.get(`${start}:${name}`);
    const [token, both, user, password] = ['_authToken', '_auth', 'username', '_password'].map(of);
    if (token !== undefined) return [credential(start, `Bearer ${token}`)];
    if (both !== undefined) return [credential(start, `Basic ${both}`)];
    if (user === undefined || password === undefined) return [];
    const pair = `${user}:${Buffer.from(password, 'base64').toString('utf8')}`;
    return [credential(start, `Basic ${encoded(pair)}`)];
  });
}

function credential(start: string, header: string): Credential {
  return { start, header: new Secret(header) };
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}
