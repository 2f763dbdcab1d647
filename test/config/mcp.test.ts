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
const env = { LINEAR_API_KEY: 'lin_api_0123456789' };

test('I7 the credential of an MCP server is a secret from the start', () => {
  const config = load({ yaml: SERVER, env });
  expect(config.mcp[0]?.headers['Authorization']?.reveal()).toBe('Bearer lin_api_0123456789');
  expect(JSON.stringify([config, showConfig(config)])).not.toContain('lin_api_0123456789');
  expect(JSON.stringify(config.settings)).not.toContain('mcp.example');
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
])('I8 %s is not replaced by %s', (text, by, expected) => {
  expect(refusal({ yaml: SERVER.replace(text, by), env })).toMatch(expected);
});
