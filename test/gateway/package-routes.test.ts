import { describe, expect, test } from 'vitest';
import { filesOf, PUBLIC_NPM, PUBLIC_PYPI } from '../../src/domain/registries.ts';
import { routesOf, targetOf } from '../../src/gateway/package-routes.ts';

const PUBLIC = {
  npm: PUBLIC_NPM,
  scopes: {},
  pypi: PUBLIC_PYPI,
};

describe('where a path leads', () => {
  test.each([
    ['/left-pad', `${PUBLIC_NPM}left-pad`],
    ['/@scope%2fname', `${PUBLIC_NPM}@scope%2fname`],
    ['/npm/-/npm-11.0.0.tgz', `${PUBLIC_NPM}npm/-/npm-11.0.0.tgz`],
    ['/_pypi/simple/flask/', `${PUBLIC_PYPI}flask/`],
    ['/_files/packages/a/b.whl', `${filesOf(PUBLIC_PYPI)}packages/a/b.whl`],
    ['//evil.example/x', `${PUBLIC_NPM}/evil.example/x`],
    ['/https://evil.example/x', `${PUBLIC_NPM}https://evil.example/x`],
    ['/@evil.example:80/x', `${PUBLIC_NPM}@evil.example:80/x`],
  ])('%s leads to %s', (path, url) => {
    expect(found(path)).toBe(url);
  });

  test('a registry below a path is never left, and a path locked against it is not doubled', () => {
    const corporate = { npm: 'https://corp.example/api/npm/', scopes: {}, pypi: null };
    expect(found('/x/-/x.tgz', corporate)).toBe('https://corp.example/api/npm/x/-/x.tgz');
    expect(found('/api/npm/x/-/x.tgz', corporate)).toBe('https://corp.example/api/npm/x/-/x.tgz');
    expect(found('/_pypi/simple/x/', corporate)).toContain('no usable registry');
    expect(found('/_files/x.whl', corporate)).toContain('no usable registry');
  });

  test.each([
    '/-/whoami',
    '/-/npm/v1/user',
    '/-/npm/v1/tokens?per=1',
    '/%2d/npm/v1/tokens',
    '//-/whoami',
    '/%2f-/whoami',
    '/-%2forg/acme/user',
    '/-',
  ])('I7 %s is not asked with the credential of the operator', (path) => {
    expect(found(path)).toContain('the registry itself');
    const corporate = { npm: 'https://corp.example/api/npm/', scopes: {}, pypi: null };
    expect(found(`/api/npm${path}`, corporate)).toContain('the registry itself');
  });

  test('the keys of signatures are, and packages whose names begin so', () => {
    expect(found('/-/npm/v1/keys')).toBe(`${PUBLIC_NPM}-/npm/v1/keys`);
    expect(found('/-x')).toBe(`${PUBLIC_NPM}-x`);
  });

  test.each([
    '/../x',
    '/a/../../x',
    '/a/./x',
    '/%2e%2e/x',
    '/a%2f..%2fx',
    '/a%2F%2E%2e%2Fx',
    '/..%5cx',
    '/a\\..\\x',
    '/%252e%252e/x',
    '/a%00b',
    '/a#b',
    '/a\tb',
    '/a?q#b',
    'http://evil.example/x',
    '*',
    '',
  ])('%j leads nowhere', (path) => {
    expect(found(path)).toContain('no plain path');
  });
});

describe('scopes', () => {
  const registries = {
    ...PUBLIC,
    scopes: { '@acme': 'https://corp.example/npm/', '@lost': null },
  };

  test.each([
    ['/@acme%2fname', 'https://corp.example/npm/@acme%2fname'],
    ['/%40acme/name', 'https://corp.example/npm/%40acme/name'],
    ['/@acme/name/-/name-1.0.0.tgz', 'https://corp.example/npm/@acme/name/-/name-1.0.0.tgz'],
    ['/npm/@acme/name/-/name-1.0.0.tgz', 'https://corp.example/npm/@acme/name/-/name-1.0.0.tgz'],
    ['/download/@acme/name/1', 'https://corp.example/npm/download/@acme/name/1'],
    ['/_scope/acme/blobs/1.tgz', 'https://corp.example/npm/blobs/1.tgz'],
    ['/@acmes/name', `${PUBLIC_NPM}@acmes/name`],
    ['/name?x=/@acme/', `${PUBLIC_NPM}name?x=/@acme/`],
  ])('%s leads to %s', (path, url) => {
    expect(found(path, registries)).toBe(url);
  });

  test('packages of a scope whose registry can’t be used are asked for nowhere', () => {
    expect(found('/@lost%2fname', registries)).toContain('no usable registry');
  });
});

function found(path: string, registries: Parameters<typeof routesOf>[0] = PUBLIC): string {
  const target = targetOf(routesOf(registries), path);
  return target.status === 'found' ? target.url.href : target.reason;
}
