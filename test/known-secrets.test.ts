import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Secret } from '../src/config/secret.ts';
import { showConfig } from '../src/config/show-config.ts';
import { knownSecrets } from '../src/known-secrets.ts';
import { redactorOf } from '../src/safety/redact.ts';
import { load, type Given } from './config/load.ts';

function known(given: Given): readonly string[] {
  const server = { url: 'postgres://me:p%40ssword@db.example/x' };
  return knownSecrets({ config: load(given), server });
}

test('I7 every secret that is named is known, also one that another wins over', () => {
  const env = {
    ANTHROPIC_API_KEY: 'the-api-key',
    CLAUDE_CODE_OAUTH_TOKEN: 'the-oauth-token',
    LINEAR_API_KEY: 'the-linear-key',
    HARNESS_TOKEN: 'the-api-token',
    DATABASE_URL: 'postgres://u:first%21word@db.example/x',
    BOXED: 'the-boxed-one',
    MCP: 'the-mcp-one',
  };
  const dotenv =
    'LINEAR_API_KEY=the-hidden-key\nDATABASE_URL=postgres://u:secondword@db.example/x\n';
  const yaml = [
    'backend: { linear_api_key: the-file-key }',
    'environment: { secrets: [BOXED] }',
    'mcp: { a: { url: "https://a.example", tools: [x], headers: { Authorization: "Bearer ${MCP}" } } }',
  ].join('\n');
  const all = known({ env, dotenv, yaml });
  for (const secret of [
    'the-api-key',
    'the-oauth-token',
    'the-linear-key',
    'the-api-token',
    'the-boxed-one',
    'the-mcp-one',
    'the-hidden-key',
    'the-file-key',
    'first!word',
    'first%21word',
    'secondword',
    'p@ssword',
  ])
    expect(all).toContain(secret);
});

test('I7 the address of a notifier is known, and so is the key in it', () => {
  const url = 'https://hooks.example.org/services/T0/B0/abcdefghijklmnop?channel=general';
  const config = {
    ...load({}),
    notify: [{ id: 'slack:1', type: 'slack', url: new Secret(url), secret: null, on: ['done'] }],
  } as const;
  const all = knownSecrets({ config, server: { url: 'postgres://db.example/x' } });
  const redact = redactorOf(all);
  expect(redact(`asked ${url}`)).toBe('asked [secret]');
  expect(redact('POST /services/T0/B0/abcdefghijklmnop 404')).toBe('POST /[secret] 404');
  expect(redact('services of channel general')).toBe('services of channel general');
  expect(JSON.stringify(showConfig(config))).not.toContain('hooks.example.org');
});

const NPMRC = `
//a.example/:_authToken=token-of-a
//a.example/:_password=${btoa('unused-password')}
//b.example/:_auth=${btoa('bob:password:of-b')}
//c.example/:username=carol
//c.example/:_password=${btoa('password-of-c')}
`;

test('I7 of a registry the password itself is known, in whatever form it is written', () => {
  const home = mkdtempSync(join(tmpdir(), 'harness-home-'));
  try {
    writeFileSync(join(home, '.npmrc'), NPMRC);
    const env = {
      HOME: home,
      PIP_INDEX_URL: 'https://dave:p%40ss-of-d@d.example/simple',
      PIP_EXTRA_INDEX_URL: 'https://pip-token-of-e@e.example/simple',
    };
    const all = known({ env });
    for (const secret of [
      'token-of-a',
      'unused-password',
      btoa('unused-password'),
      btoa('bob:password:of-b'),
      'bob:password:of-b',
      'password:of-b',
      'carol:password-of-c',
      'password-of-c',
      'dave:p@ss-of-d',
      'p@ss-of-d',
      'pip-token-of-e',
    ])
      expect(all).toContain(secret);
    expect(all).not.toContain('carol');
    expect(redactorOf(all)('curl -u carol:password-of-c')).toBe('curl -u [secret]');
  } finally {
    rmSync(home, { recursive: true });
  }
});
