import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/config-schema.ts';
import { load } from './load.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The sample that users of the first version have. */
const sample = readFileSync(join(import.meta.dirname, 'sample.yaml'), 'utf8');

describe('the files that are shipped', () => {
  test('orchestrator.yaml is valid, and differs from the defaults where it says so', () => {
    const shipped = load({ yaml: read('orchestrator.yaml') }).settings;
    const { phases, ...defaults } = load().settings;
    const initialize = { ...phases.initialize, timeoutMs: 120 * 60_000 };
    expect(shipped).toEqual({ ...defaults, phases: { ...phases, initialize } });
  });

  test('each commented example in it is valid too', () => {
    const yaml = read('orchestrator.yaml').replaceAll(/^( *)# ( *(?:- |\S+:(?: |$)).*)$/gm, '$1$2');
    const config = load({
      yaml,
      env: { DATABASE_URL: 'postgres://h/d', STRIPE_TEST_KEY: 'x', LINEAR_API_KEY: 'k', NAME: 'x' },
    });
    expect(config.projectName).toBe('My Project');
    expect(config.settings.deploy?.rollback).toBe('./rollback.sh');
    expect(config.settings.budgetUsd).toBe(25);
    expect(config.settings.environment.services).toHaveLength(1);
  });

  test('R-109 the sample of the first version is valid', () => {
    const config = load({ yaml: sample });
    expect(config.projectName).toBe('My Project');
    expect(config.projectDirectory).toMatch(/\/my_project$/);
    expect(config.settings.model).toBe('claude-opus-4-5-20251101');
    expect(config.settings.phases.implement).toMatchObject({
      maxRetries: 5,
      timeoutMs: 14_400_000,
    });
  });

  test('R-070 .env.example names every variable, and a copy changes nothing', () => {
    const example = read('.env.example');
    for (const name of [
      'CLAUDE_CODE_OAUTH_TOKEN LINEAR_API_KEY DATABASE_URL WORKSPACE_PATH API_PORT POSTGRES_DB',
      'POSTGRES_USER POSTGRES_PASSWORD POSTGRES_PORT AGENT_MODEL MAX_SESSIONS ANTHROPIC_API_KEY',
      'ANTHROPIC_BASE_URL HARNESS_HOME HARNESS_TOKEN LINEAR_API_URL LINEAR_MCP_URL',
    ].flatMap((line) => line.split(' ')))
      expect(example).toMatch(new RegExp(`^#?${name}=`, 'm'));
    const plain = load().settings;
    expect(load({ dotenv: example }).settings).toEqual(plain);
    const spoken = load({ dotenv: example.replaceAll(/^#(?=[A-Z_]+=)/gm, '') });
    expect(spoken.settings).toEqual(plain);
    expect(spoken).toMatchObject({ apiPort: 8080, upstreamUrl: load().upstreamUrl });
  });
});

test('the JSON Schema knows the file for editors', () => {
  const schema = configSchema();
  expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(schema).toMatchObject({
    additionalProperties: false,
    properties: {
      agent: { properties: { max_sessions: { minimum: 1, maximum: 10_000, default: 1000 } } },
    },
  });
  expect(schema['required']).toBeUndefined();
});
