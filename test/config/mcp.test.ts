import { expect, test } from 'vitest';
import { showConfig } from '../../src/config/show-config.ts';
import { load, refusal } from './load.ts';

const SERVER = `mcp:
  linear:
    url: https://mcp.example/mcp
    headers: { Authorization: 'Bearer \${LINEAR_API_KEY}' }
    tools: [list_issues]
    phases: [implement]
`;
const env = {
  LINEAR_API_KEY: 'lin_api_0123456789',
  LINEAR_MCP_URL: 'https://mcp.example/mcp',
};

const VALUE = 'postgres://hunter:hunter2@db.example/x';

test('I7 the credential of an MCP server is a secret from the start', () => {
  const config = load({ yaml: SERVER, env });
  expect(config.mcp[0]?.headers['Authorization']?.reveal()).toBe('Bearer lin_api_0123456789');
  expect(JSON.stringify([config, showConfig(config)])).not.toContain('lin_api_0123456789');
  expect(JSON.stringify(config.settings)).not.toContain('mcp.example');
});

test("I7 no credential of the harness goes to a server that the file names, but Linear's key to Linear", () => {
  const elsewhere = { LINEAR_API_KEY: env.LINEAR_API_KEY };
  expect(refusal({ yaml: SERVER, env: elsewhere })).toMatch(
    /:4:31: mcp\.linear\.headers\.Authorization would hand LINEAR_API_KEY to an address/,
  );
  const linear = SERVER.replace('https://mcp.example/mcp', 'https://mcp.linear.app/mcp/');
  expect(load({ yaml: linear, env: elsewhere }).mcp).toHaveLength(1);
  for (const name of [
    'ANTHROPIC_API_KEY',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'HARNESS_TOKEN',
    'DATABASE_URL',
  ])
    for (const yaml of [SERVER, linear]) {
      const order = { yaml: yaml.replace('LINEAR_API_KEY', name), env: { ...env, [name]: VALUE } };
      expect(refusal(order)).toContain(`would hand ${name} to an address`);
      expect(refusal(order)).not.toContain(VALUE);
    }
  const own = {
    yaml: SERVER.replace('LINEAR_API_KEY', 'OWN_KEY'),
    env: { OWN_KEY: 'their-own-key' },
  };
  expect(load(own).mcp[0]?.headers['Authorization']?.reveal()).toBe('Bearer their-own-key');
});

test('I7 not even a wrong one is shown', () => {
  const yaml = SERVER.replace("'Bearer ${LINEAR_API_KEY}'", "'Bearer plain-secret-é'");
  expect(refusal({ yaml })).toMatch(/:4:31: mcp\.linear\.headers\.Authorization must be printable/);
  expect(refusal({ yaml })).not.toContain('plain-secret');
});

test.each([
  ['list_issues]', '"*"]', /:5:13: mcp\.linear\.tools\.0 must be the exact name of a tool/],
  ['[list_issues]', '[]', /mcp\.linear\.tools must have at least 1 entries/],
  ['  linear:', '  Linear:', /:2:3: mcp\.Linear must be lower-case/],
  ['  linear:', '  a__b:', /mcp\.a__b must be lower-case/],
  ['  linear:', '  tracker:', /and not tracker/],
  ['https://mcp.example', 'https://u:p@mcp.example', /must be an http:\/\/ or https:\/\/ URL/],
  ['https://mcp.example', 'file://mcp.example', /must be an http:\/\/ or https:\/\/ URL/],
  ['[implement]', '[coding]', /mcp\.linear\.phases\.0 must be ideation or/],
  ['    url:', '    link: x\n    url:', /unknown key link in mcp\.linear/],
  ['    url:', '    command: [npx]\n    url:', /unknown key command in mcp\.linear/],
  ['Authorization:', '"a b":', /must be the name of a header/],
  ['    url: https://mcp.example/mcp\n', '', /mcp\.linear needs either url/],
  ['    url:', '    package: a@1.2.3\n    url:', /mcp\.linear needs either url/],
  ['    url:', '    args: [-v]\n    url:', /takes args, env and secrets only with package/],
])('I8 %s is not replaced by %s', (text, by, expected) => {
  expect(refusal({ yaml: SERVER.replace(text, by), env })).toMatch(expected);
});

const PACKAGE = `environment: { secrets: [STRIPE_TEST_KEY] }
mcp:
  notes:
    package: '@acme/notes@1.2.3'
    args: ['--quiet']
    env: { MODE: plain }
    secrets: [STRIPE_TEST_KEY]
    tools: [list]
`;
const secrets = { STRIPE_TEST_KEY: 'sk_test_0123456789', OTHER: 'value' };

test('R-132 a server that runs in the box is a package of one version', () => {
  expect(refusal({ yaml: PACKAGE, env: secrets })).toBe('accepted');
});

test.each([
  ['1.2.3', '^1.2.3', /:4:14: mcp\.notes\.package must be a package with its exact version/],
  ['1.2.3', 'latest', /must be a package with its exact version/],
  ['@1.2.3', '', /must be a package with its exact version/],
  ['@acme/notes@1.2.3', 'git+https://a.example/x.git@1.2.3', /with its exact version/],
  ['@acme/notes@1.2.3', './notes@1.2.3', /must be a package with its exact version/],
  ['@acme/notes@1.2.3', 'npm:notes@1.2.3', /must be a package with its exact version/],
  ['MODE: plain', "MODE: '${OTHER}'", /:6:18: mcp\.notes\.env\.MODE is filled in from a variable/],
  ["'--quiet'", "'--key=${OTHER}'", /mcp\.notes\.args\.0 is filled in from a variable/],
  ['secrets: [STRIPE_TEST_KEY]\n', 'secrets: [OTHER]\n', /names OTHER, which environment\.secrets/],
  ['    env:', '    headers: { a: b }\n    env:', /takes headers only with url/],
])('I7 I8 %s is not replaced by %s in a package', (text, by, expected) => {
  const at = PACKAGE.lastIndexOf(text);
  const yaml = PACKAGE.slice(0, at) + by + PACKAGE.slice(at + text.length);
  expect(refusal({ yaml, env: secrets })).toMatch(expected);
});

test('the browser’s name is its own while there is one', () => {
  const yaml = `browser: {}\n${PACKAGE.replace('  notes:', '  playwright:')}`;
  expect(refusal({ yaml, env: secrets })).toMatch(
    /mcp\.playwright has the name of browser\.server/,
  );
  const off = yaml.replace('browser: {}', 'browser: { enabled: false }');
  expect(refusal({ yaml: off, env: secrets })).toBe('accepted');
});

test('a section without a word in it asks for the usual browser', () => {
  const none = { server: 'playwright', program: null };
  expect(load({ yaml: 'browser:' }).browser).toEqual({ ...none, use: 'yes' });
  expect(load({ yaml: '' }).browser).toEqual({ ...none, use: 'unsaid' });
  const named = { CHROME_PATH: '/opt/chrome' };
  expect(load({ yaml: '', env: named }).browser.program).toBe('/opt/chrome');
});

test.each(['web_search', 'web_*', 'code_execution_20250825', 'mcp_toolset', 'bash_20250124'])(
  'I5 I8 %s can not be let run at the provider',
  (type) => {
    const yaml = `gateway: { provider_tools: ["${type}"] }`;
    expect(refusal({ yaml })).toMatch(/gateway\.provider_tools\.0 must be the exact type/);
  },
);
