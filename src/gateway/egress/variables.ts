import { asSeenInBox, canonicalHost, OWN_MACHINE } from '../../domain/egress.ts';
import { filesOf, PUBLIC_NPM, PUBLIC_PYPI } from '../../domain/registries.ts';
import type { Registries } from '../../domain/registries.ts';

/** Never asked through the proxy: in a box these are the box itself, where development servers are. */
const HERE = 'localhost,127.0.0.1,::1';

/** Leads nowhere (RFC 6761): stands for what can't be used, so that nobody else is asked instead. */
const NOWHERE = 'https://no-usable-registry.invalid/';

/** What leads programs in a box to its proxy. */
export interface ProxySetup {
  readonly env: Readonly<Record<string, string>>;
  /** What the user's file of npm says in the box; null: none is needed. */
  readonly npmrc: string | null;
}

/** How a box reaches its wire. */
export interface BoxWire {
  /** URL of the wire as the box sees it. */
  readonly wire: string;
  readonly token: string;
  /** Path of npm's file as the box sees it. */
  readonly npmrc: string;
  /** Names of the hosts that may be reached, as `canonicalHost` gives them. */
  readonly hosts: readonly string[];
}

/**
 * What makes programs in a box use its proxy: package managers, git, curl, and Node itself where other
 * hosts than the registries' may be reached. Package
 * managers are told the operator's registries, without credentials, since no configuration of the
 * operator is in the box. Scopes are named in a file: no shell passes on a variable with such a name.
 */
export function proxySetup(registries: Registries, box: BoxWire): ProxySetup {
  const { wire, token, npmrc, hosts } = box;
  const proxy = wire.replace('://', `://box:${token}@`);
  const both = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: HERE };
  const npm = inBox(registries.npm);
  const pypi = inBox(registries.pypi);
  const scopes = Object.entries(registries.scopes).map(
    ([scope, url]) => [scope, inBox(url)] as const,
  );
  const own = [npm, ...scopes.map(([, url]) => url)].some((url) => isOwn(url));
  return {
    env: {
      ...both,
      ...Object.fromEntries(Object.entries(both).map(([key, value]) => [key.toLowerCase(), value])),
      ...(hosts.every((host) => hostsOf(registries).has(host)) ? {} : NODE_ITSELF),
      // Where this machine trusts an authority of its own, so does the box, which sees its /etc/ssl.
      NODE_USE_SYSTEM_CA: '1',
      ...(npm === PUBLIC_NPM ? {} : npmVariables(npm)),
      ...(own ? OWN_NPM : {}),
      ...(scopes.length === 0 ? {} : fileVariables(npmrc)),
      ...(pypi === PUBLIC_PYPI ? {} : pypiVariables(pypi)),
    },
    npmrc: scopes.length === 0 ? null : scopes.map(([s, url]) => `${s}:registry=${url}\n`).join(''),
  };
}

/**
 * Node then prepares for TLS at every start: measured on Node 24, 0.20 CPU-seconds instead of 0.04. So
 * it is told only where there is something to reach; package managers, which Node runs too, read the
 * proxy's own variables.
 */
const NODE_ITSELF = { NODE_USE_ENV_PROXY: '1' };

function hostsOf({ npm, scopes, pypi }: Registries): ReadonlySet<string | undefined> {
  const urls = [npm, ...Object.values(scopes), pypi, filesOf(pypi)].filter((url) => url !== null);
  return new Set(urls.map((url) => canonicalHost(new URL(inBox(url)).hostname)));
}

function inBox(registry: string | null): string {
  return registry === null ? NOWHERE : asSeenInBox(registry);
}

/** From version 11 on pnpm reads variables of its own. */
function fileVariables(npmrc: string): Record<string, string> {
  return { npm_config_userconfig: npmrc, pnpm_config_userconfig: npmrc };
}

function npmVariables(registry: string): Record<string, string> {
  const names = ['npm_config_registry', 'pnpm_config_registry', 'YARN_REGISTRY'];
  return {
    ...Object.fromEntries(names.map((name) => [name, registry])),
    YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/u, ''),
  };
}

/** Nobody but a box knows the machine by this name, so no lock file may hold it. */
const OWN_NPM = {
  npm_config_replace_registry_host: 'always',
  npm_config_omit_lockfile_registry_resolved: 'true',
  YARN_UNSAFE_HTTP_WHITELIST: OWN_MACHINE,
};

function pypiVariables(index: string): Record<string, string> {
  const names = ['PIP_INDEX_URL', 'UV_DEFAULT_INDEX'];
  const trusted = ['PIP_TRUSTED_HOST', 'UV_INSECURE_HOST'];
  return {
    ...Object.fromEntries(names.map((name) => [name, index])),
    // As they do with localhost: what is plain HTTP ends on this machine.
    ...(isOwn(index) ? Object.fromEntries(trusted.map((name) => [name, OWN_MACHINE])) : {}),
  };
}

function isOwn(url: string): boolean {
  return new URL(url).hostname === OWN_MACHINE;
}
