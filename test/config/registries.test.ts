import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { load } from './load.ts';

const NPM = 'https://registry.npmjs.org/';
const PYPI = 'https://pypi.org/simple/';

test('the public registries are asked where nobody said otherwise', () => {
  expect(load().registries).toEqual({ npm: NPM, pypi: PYPI });
  expect(load({ env: { npm_config_registry: '', PIP_INDEX_URL: '' } }).registries).toEqual({
    npm: NPM,
    pypi: PYPI,
  });
});

test('package managers’ own variables name the registries, and a slash more or less is the same', () => {
  const env = {
    NPM_CONFIG_REGISTRY: 'https://a.example/npm',
    PIP_INDEX_URL: 'http://b.example/s//',
  };
  const registries = { npm: 'https://a.example/npm/', pypi: 'http://b.example/s/' };
  expect(load({ env }).registries).toEqual(registries);
  const lower = { ...env, npm_config_registry: 'https://c.example' };
  expect(load({ env: lower }).registries.npm).toBe('https://c.example/');
});

test.each([
  ['registry=https://a.example/x/', 'https://a.example/x/'],
  ['; registry=https://no.example/\n registry = "https://a.example"\n', 'https://a.example/'],
  ['registry=https://${HOST}/\n//a.example/:_authToken=t', 'https://a.example/'],
  ['@scope:registry=https://no.example/\n//x/:registry=y', NPM],
])('the user’s .npmrc names npm’s registry: %j', (text, expected) => {
  inHome(text, (home) => {
    const env = { HOME: home, HOST: 'a.example' };
    expect(load({ env }).registries.npm).toBe(expected);
    const wins = 'https://variable.example/';
    expect(load({ env: { ...env, npm_config_registry: wins } }).registries.npm).toBe(wins);
  });
});

test('I7 a registry that holds a password is not used, and no public one instead of it', () => {
  const env = { npm_config_registry: 'https://me:pass@a.example/', PIP_INDEX_URL: 'file:///x' };
  expect(load({ env }).registries).toEqual({ npm: null, pypi: null });
});

function inHome(npmrc: string, use: (home: string) => void): void {
  const home = mkdtempSync(join(tmpdir(), 'harness-home-'));
  try {
    writeFileSync(join(home, '.npmrc'), npmrc);
    use(home);
  } finally {
    rmSync(home, { recursive: true });
  }
}
