import { join } from 'node:path';
import type { Registries } from './config.ts';
import { isWebUrl } from './environment.ts';
import { readText } from './read-text.ts';
import type { Lookup } from './substitute.ts';

const NPM = 'https://registry.npmjs.org/';
const PYPI = 'https://pypi.org/simple/';

/**
 * The operator's own registries: npm's from its variable, else from the user's `.npmrc`; pip's from
 * PIP_INDEX_URL; else the public ones. One that can't be used is null and never replaced by a public
 * one, where somebody else may own the same package names. Throws CONFIG_INVALID when `.npmrc` can't
 * be read.
 */
export function readRegistries(lookup: Lookup): Registries {
  const npm = filled(lookup('npm_config_registry')) ?? filled(lookup('NPM_CONFIG_REGISTRY'));
  return {
    npm: registry(npm ?? fromNpmrc(lookup) ?? NPM),
    pypi: registry(filled(lookup('PIP_INDEX_URL')) ?? PYPI),
  };
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** Ends in one slash; null for what is no plain web address, or holds a user or password. */
function registry(text: string): string | null {
  if (!isWebUrl(text)) return null;
  const url = new URL(text);
  return `${url.origin}${url.pathname.replace(/\/+$/u, '')}/`;
}

function fromNpmrc(lookup: Lookup): string | undefined {
  const home = filled(lookup('HOME'));
  const file =
    filled(lookup('npm_config_userconfig')) ??
    filled(lookup('NPM_CONFIG_USERCONFIG')) ??
    (home === undefined ? undefined : join(home, '.npmrc'));
  const text = file === undefined ? undefined : readText(file, file);
  const line = /^[ \t]*registry[ \t]*=[ \t]*(?<value>.*?)[ \t]*$/gmu;
  const last = [...(text ?? '').matchAll(line)].at(-1)?.groups?.['value'];
  const value = last?.replace(/^(["'])(.*)\1$/u, '$2');
  return filled(value?.replace(/\$\{([^}]*)\}/gu, (whole, name: string) => lookup(name) ?? whole));
}
