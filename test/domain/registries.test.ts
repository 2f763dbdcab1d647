import { expect, test } from 'vitest';
import { filesOf, PUBLIC_PYPI } from '../../src/domain/registries.ts';
import { routesOf } from '../../src/gateway/package-routes.ts';
import { load } from '../config/load.ts';

test.each([
  [PUBLIC_PYPI, 'https://files.pythonhosted.org/'],
  ['https://pypi.org/legacy/', 'https://files.pythonhosted.org/'],
  ['https://corp.example/simple/', null],
  ['https://corp.example/pypi.org/simple/', null],
])('the files of %s are on %s, for sessions and for preparation', (pypi, files) => {
  expect(filesOf(pypi)).toBe(files);
  const routes = routesOf({ npm: null, scopes: {}, pypi });
  expect(routes.find(({ prefix }) => prefix === '/_files/')?.base).toBe(files);
  const hosts = load({ env: { PIP_INDEX_URL: pypi } }).egress.map(({ host }) => host);
  expect(hosts.includes('files.pythonhosted.org')).toBe(files !== null);
});
