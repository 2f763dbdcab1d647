import { asSeenInBox, OWN_MACHINE } from '../../domain/egress.ts';
import type { Registries } from '../package-routes.ts';

const PUBLIC_NPM = 'https://registry.npmjs.org/';
const PUBLIC_PYPI = 'https://pypi.org/simple/';

/** Never asked through the proxy: in a box these are the box itself, where development servers are. */
const HERE = 'localhost,127.0.0.1,::1';

/**
 * What makes programs in a box use its proxy: package managers, git, curl and Node itself. Package
 * managers are told the operator's registries, since no configuration of the operator is in the box.
 * @param wire URL of the wire as the box sees it.
 */
export function proxyVariables(
  { npm, pypi }: Pick<Registries, 'npm' | 'pypi'>,
  { wire, token }: { readonly wire: string; readonly token: string },
): Readonly<Record<string, string>> {
  const proxy = wire.replace('://', `://box:${token}@`);
  const both = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: HERE };
  return {
    ...both,
    ...Object.fromEntries(Object.entries(both).map(([name, value]) => [name.toLowerCase(), value])),
    NODE_USE_ENV_PROXY: '1',
    // Where this machine trusts an authority of its own, so does the box, which sees its /etc/ssl.
    NODE_USE_SYSTEM_CA: '1',
    ...(npm === null || npm === PUBLIC_NPM ? {} : npmVariables(asSeenInBox(npm))),
    ...(pypi === null || pypi === PUBLIC_PYPI ? {} : pypiVariables(asSeenInBox(pypi))),
  };
}

function npmVariables(registry: string): Record<string, string> {
  const names = ['npm_config_registry', 'pnpm_config_registry', 'YARN_REGISTRY'];
  return {
    ...Object.fromEntries(names.map((name) => [name, registry])),
    YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/u, ''),
    ...(isOwn(registry) ? OWN_NPM : {}),
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
