import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PaidRegistries } from '../../src/config/config.ts';
import { PUBLIC_NPM as NPM, PUBLIC_PYPI as PYPI } from '../../src/domain/registries.ts';
import { load } from './load.ts';

test('the public registries are asked where nobody said otherwise', () => {
  const nothing = { extraIndexes: [], credentials: [], secrets: [] };
  const nobody = { npm: NPM, scopes: {}, pypi: PYPI, ...nothing };
  const alone = { PIP_CONFIG_FILE: '/dev/null' };
  expect(load({ env: alone }).registries).toEqual(nobody);
  const empty = { ...alone, npm_config_registry: '', PIP_INDEX_URL: '' };
  expect(load({ env: empty }).registries).toEqual(nobody);
});

test('package managers’ own variables name the registries, and a slash more or less is the same', () => {
  const env = {
    NPM_CONFIG_REGISTRY: 'https://a.example/npm',
    PIP_INDEX_URL: 'http://b.example/s//',
  };
  const registries = { npm: 'https://a.example/npm/', pypi: 'http://b.example/s/' };
  expect(load({ env }).registries).toMatchObject(registries);
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

test('I7 the user and password of a registry’s URL are kept apart from it and never shown', () => {
  const env = {
    npm_config_registry: 'https://me:p%40ss@a.example/npm',
    PIP_INDEX_URL: 'https://token@b.example/simple',
  };
  const { registries } = load({ env });
  expect(registries).toMatchObject({
    npm: 'https://a.example/npm/',
    pypi: 'https://b.example/simple/',
  });
  expect(shown(registries)).toEqual([
    ['//a.example/npm/', `Basic ${btoa('me:p@ss')}`],
    ['//b.example/simple/', `Basic ${btoa('token:')}`],
  ]);
  expect(JSON.stringify(registries)).not.toMatch(/p@ss|token|Basic/u);
});

test('what is no web address is not used, and no public registry instead of it', () => {
  const env = { npm_config_registry: 'corp', PIP_INDEX_URL: 'file:///x' };
  expect(load({ env }).registries).toMatchObject({ npm: null, pypi: null });
});

const NPMRC = `
@acme:registry=https://corp.example/npm
@lost:registry=file:///x
//corp.example/npm/:_authToken=\${TOKEN}
//old.example/:_auth = dXNlcjpwdw==
//older.example/:username=me
//older.example/:_password=cHc=
//older.example/:email=me@a.example
`;

test('I7 scopes and their credentials come from the user’s .npmrc', () => {
  inHome(NPMRC, (home) => {
    const { registries } = load({ env: { HOME: home, TOKEN: 'npm_secret' } });
    expect(registries.scopes).toEqual({ '@acme': 'https://corp.example/npm/', '@lost': null });
    expect(shown(registries)).toEqual([
      ['//corp.example/npm/', 'Bearer npm_secret'],
      ['//old.example/', 'Basic dXNlcjpwdw=='],
      ['//older.example/', `Basic ${btoa('me:pw')}`],
    ]);
    expect(JSON.stringify(registries)).not.toContain('npm_secret');
  });
});

test('the machine’s npmrc counts where the user’s says nothing', () => {
  inHome('@b:registry=https://user.example/', (home) => {
    const globalconfig = join(home, 'global');
    writeFileSync(globalconfig, 'registry=https://all.example\n@b:registry=https://all.example');
    const env = { HOME: home, npm_config_globalconfig: globalconfig };
    expect(load({ env }).registries).toMatchObject({
      npm: 'https://all.example/',
      scopes: { '@b': 'https://user.example/' },
    });
  });
});

test('I8 a repository names no registry: neither by its own .npmrc nor by its .env', () => {
  inHome('', (repository) => {
    writeFileSync(join(repository, '.npmrc'), 'registry=https://evil.example/\n');
    // As npm sets them for what it starts in that folder.
    const npm = {
      npm_config_local_prefix: repository,
      npm_config_registry: 'https://evil.example/',
    };
    inHome('registry=https://mine.example/\n', (home) => {
      expect(load({ env: { ...npm, HOME: home } }).registries.npm).toBe('https://mine.example/');
      const said = { ...npm, HOME: home, npm_config_registry: 'https://said.example/' };
      expect(load({ env: said }).registries.npm).toBe('https://said.example/');
    });
    expect(load({ env: npm }).registries.npm).toBe(NPM);
    // The user's own file, when npm was started at home.
    expect(load({ env: { ...npm, HOME: repository } }).registries.npm).toBe(
      'https://evil.example/',
    );
  });
  const dotenv = 'npm_config_registry=https://evil.example/\nPIP_INDEX_URL=https://evil.example/\n';
  const env = { PIP_CONFIG_FILE: '/dev/null' };
  expect(load({ dotenv, env }).registries).toMatchObject({ npm: NPM, pypi: PYPI });
});

test.each([
  ['[global]\nindex-url = https://a.example/simple', 'https://a.example/simple/'],
  [
    '[global]\nindex_url: https://a.example/s\n[install]\nindex-url=https://b.example/s',
    'https://b.example/s/',
  ],
  [
    '[list]\nindex-url = https://no.example/\n[global]\n# index-url = https://no.example/\nindex-url=https://c.example/',
    'https://c.example/',
  ],
])('pip’s configuration names its index: %j', (text, expected) => {
  inHome('', (home) => {
    const file = join(home, 'pip.conf');
    writeFileSync(file, text);
    const env = { HOME: home, PIP_CONFIG_FILE: file };
    expect(load({ env }).registries.pypi).toBe(expected);
    const wins = 'https://variable.example/';
    expect(load({ env: { ...env, PIP_INDEX_URL: wins } }).registries.pypi).toBe(wins);
  });
});

test.each([
  ['extra-index-url = https://a.example/simple', ['https://a.example/simple/']],
  [
    'extra_index_url =\n  https://me:pw@a.example/s\n  # not this\n  https://b.example/s',
    ['https://a.example/s/', 'https://b.example/s/'],
  ],
  ['extra-index-url = ../x file:///opt/simple', ['an entry that is no web address']],
])(
  'I7 pip’s further indexes are known and never asked, without their passwords: %j',
  (text, expected) => {
    inHome('', (home) => {
      const file = join(home, 'pip.conf');
      writeFileSync(file, `[global]\nindex-url = https://main.example/simple\n${text}\n`);
      const config = load({ env: { HOME: home, PIP_CONFIG_FILE: file } });
      expect(config.registries).toMatchObject({
        pypi: 'https://main.example/simple/',
        extraIndexes: expected,
      });
      expect(config.egress.map(({ host }) => host)).toEqual([new URL(NPM).host, 'main.example']);
      const said = { PIP_EXTRA_INDEX_URL: 'https://c.example https://d.example/' };
      const other = load({ env: { HOME: home, PIP_CONFIG_FILE: file, ...said } });
      expect(other.registries.extraIndexes).toEqual(['https://c.example/', 'https://d.example/']);
    });
  },
);

test('the user’s pip.conf is found', () => {
  inHome('', (home) => {
    mkdirSync(join(home, '.config', 'pip'), { recursive: true });
    writeFileSync(
      join(home, '.config', 'pip', 'pip.conf'),
      '[global]\nindex-url=https://u.example',
    );
    expect(load({ env: { HOME: home } }).registries.pypi).toBe('https://u.example/');
  });
});

function shown({ credentials }: PaidRegistries): readonly (readonly [string, string])[] {
  return credentials.map(({ start, header }) => [start, header.reveal()] as const);
}

function inHome(npmrc: string, use: (home: string) => void): void {
  const home = mkdtempSync(join(tmpdir(), 'harness-home-'));
  try {
    writeFileSync(join(home, '.npmrc'), npmrc);
    use(home);
  } finally {
    rmSync(home, { recursive: true });
  }
}
