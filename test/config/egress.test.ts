import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { filesOf, PUBLIC_NPM, PUBLIC_PYPI } from '../../src/domain/registries.ts';
import { showConfig } from '../../src/config/show-config.ts';
import { load, refusal } from './load.ts';

const COMMANDS = ['initialize', 'implement', 'testing'];

function listed(yaml: string) {
  return load({ yaml: `sandbox:\n  egress: ${yaml}\n` }).egress.slice(3);
}

test('the hosts of package managers are reached by default, where commands are run', () => {
  const own = { phases: COMMANDS, private: true };
  expect(load().egress).toEqual([
    { ...own, host: new URL(PUBLIC_NPM).hostname, ports: [443] },
    { ...own, host: new URL(PUBLIC_PYPI).hostname, ports: [443] },
    { ...own, host: new URL(filesOf(PUBLIC_PYPI) ?? '').hostname, ports: [443] },
  ]);
});

test('a registry of the operator’s own machine is reached at exactly its port, under its name in a box', () => {
  const env = { npm_config_registry: 'http://127.0.0.1:4873', PIP_INDEX_URL: 'http://[::1]:80/s' };
  expect(load({ env }).egress).toMatchObject([
    { host: 'operator.internal', ports: [4873] },
    { host: 'operator.internal', ports: [80] },
  ]);
});

test('sandbox.egress adds hosts, for phases, and private ones where that is said', () => {
  expect(listed('[example.org, "example.org:8443"]')).toMatchObject([
    { host: 'example.org', ports: [443, 80], phases: COMMANDS, private: false },
    { host: 'example.org', ports: [8443] },
  ]);
  const yaml = '[{ host: "10.0.0.5:8080", phases: [testing], private: true }]';
  expect(listed(yaml)).toEqual([
    { host: '10.0.0.5', ports: [8080], phases: ['testing'], private: true },
  ]);
});

test('what is shown can be read again', () => {
  const yaml = 'sandbox:\n  egress: [a.example, { host: "b.example:1", phases: [testing] }]\n';
  const config = load({ yaml });
  const shown = JSON.stringify(showConfig(config).file);
  expect(load({ yaml: shown }).egress).toEqual(config.egress);
  expect(parse(shown).sandbox.egress).toHaveLength(2);
});

test.each([
  ['"*.example.org"', /:2:12: sandbox\.egress\.0 must be a host name/],
  ['"https://example.org"', /must be a host name/],
  ['"example.org/path"', /must be a host name/],
  ['localhost', /an address needs \{ host, private: true \}/],
  ['"127.0.0.1:80"', /an address needs \{ host, private: true \}/],
  ['"0x7f.1"', /an address needs \{ host, private: true \}/],
  ['"example.org:0"', /must be a host name/],
  ['"example.org:70000"', /must be a host name/],
  ['"user@example.org"', /must be a host name/],
  ['5', /must be a host name/],
  ['{ host: "a b" }', /:2:20: sandbox\.egress\.0\.host must be a host, as in/],
  [
    '{ host: a.example, phase: [testing] }',
    /:2:31: unknown key phase in sandbox\.egress\.0; did you mean phases\?/,
  ],
])('I8 sandbox.egress does not take %s', (entry, expected) => {
  expect(refusal({ yaml: `sandbox:\n  egress: [${entry}]\n` })).toMatch(expected);
});
