import { homedir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { stringify } from 'yaml';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { projectDirectoryFor } from '../../src/config/project-directory.ts';
import { showConfig } from '../../src/config/show-config.ts';
import { hasCode } from '../../src/domain/errors.ts';
import { inFolder, load, refusal } from './load.ts';

describe('A1 flags beat the environment, it beats .env, that beats the file', () => {
  const yaml = 'agent: { model: from-file, max_sessions: 11 }';
  const dotenv = 'AGENT_MODEL=from-dotenv\nMAX_SESSIONS=12\n';
  const env = { AGENT_MODEL: 'from-env', MAX_SESSIONS: '13' };
  const flags = { model: 'from-flag', maxSessions: 14 };
  test.each([
    [{ yaml }, 'from-file', 11],
    [{ yaml, dotenv }, 'from-dotenv', 12],
    [{ yaml, dotenv, env }, 'from-env', 13],
    [{ yaml, dotenv, env, flags }, 'from-flag', 14],
  ])('R-080 R-081 %#', (given, model, maxSessions) => {
    expect(load(given).settings).toMatchObject({ model, maxSessions });
  });

  test('every other flag', () => {
    const config = load({
      yaml: 'project: { directory: /file }\nautonomy: full\nbudget: { run_usd: 1 }',
      env: { API_PORT: '9000' },
      flags: { projectDir: '/flag', autonomy: 'checkpoint', budget: 2, parallel: 5, port: 9001 },
    });
    expect(config).toMatchObject({ projectDirectory: '/flag', apiPort: 9001 });
    expect(config.settings).toMatchObject({ autonomy: 'checkpoint', budgetUsd: 2, parallel: 5 });
    expect(config.settings.phases.implement.parallel).toBe(5);
    expect(config.settings.phases.ideation.parallel).toBe(3);
  });

  test('A6 without a person every phase is approved, unless checkpoints are asked for by flag', () => {
    const paused = 'autonomy: checkpoint';
    expect(load({ yaml: paused, flags: { interactive: false } }).settings.autonomy).toBe('full');
    const asked = load({
      yaml: paused,
      flags: { interactive: false, autonomy: 'checkpoint' },
    }).settings;
    expect(asked).toMatchObject({ autonomy: 'checkpoint', interactive: false });
  });

  test('flags keep the bounds of their keys', () => {
    expect(refusal({ flags: { maxSessions: 0, parallel: 1.5, budget: 0, model: 'a b' } }))
      .toMatchInlineSnapshot(`
      "--model must be the name of a model, without spaces
      --max-sessions must be at least 1
      --parallel must be a whole number
      --budget must be more than 0"
    `);
  });
});

describe('variables', () => {
  test('I7 an address from .env never gets a credential from outside it', () => {
    const dotenv = 'A=1\nANTHROPIC_BASE_URL=https://elsewhere.example\n';
    const key = { ANTHROPIC_API_KEY: 'sk-of-the-user' };
    expect(refusal({ dotenv, env: key })).toMatchInlineSnapshot(`
      ".env:2:1: ANTHROPIC_BASE_URL would send ANTHROPIC_API_KEY of your environment to an address from .env, which may have come with the repository: set both in the same place
        ANTHROPIC_BASE_URL=https://elsewhere.example
        ^"
    `);
    const own = `${dotenv}ANTHROPIC_API_KEY=of-the-file\n`;
    expect(load({ dotenv: own }).upstreamUrl).toBe('https://elsewhere.example');
    const chosen = { ...key, ANTHROPIC_BASE_URL: 'https://chosen.example' };
    expect(load({ dotenv, env: chosen }).upstreamUrl).toBe('https://chosen.example');
    const linear = 'LINEAR_MCP_URL=https://elsewhere.example';
    expect(refusal({ dotenv: linear, env: { LINEAR_API_KEY: 'lin' } })).toContain('LINEAR_API_KEY');
  });

  test('an empty variable is not set, and hides the one in .env', () => {
    const dotenv = 'ANTHROPIC_API_KEY=sk-1\nCLAUDE_CODE_OAUTH_TOKEN=token\n';
    expect(load({ dotenv }).credential?.kind).toBe('api_key');
    const hidden = load({ dotenv, env: { ANTHROPIC_API_KEY: '' } }).credential;
    expect(hidden?.kind).toBe('oauth');
    expect(hidden?.value.reveal()).toBe('token');
    expect(load().credential).toBeNull();
  });

  test('R-075 API_PORT is 8080 unless set', () => {
    expect(load().apiPort).toBe(8080);
    expect(load({ env: { API_PORT: '9000' } }).apiPort).toBe(9000);
  });

  test('addresses and tokens', () => {
    const config = load({
      env: {
        ANTHROPIC_BASE_URL: 'http://gateway.local/claude/',
        LINEAR_API_KEY: 'lin',
        LINEAR_API_URL: 'http://127.0.0.1:1/graphql',
        LINEAR_MCP_URL: 'http://127.0.0.1:1/mcp',
        HARNESS_TOKEN: 'bearer',
        DATABASE_URL: 'postgres://u:p@h/env',
      },
      yaml: 'database_url: postgres://h/root\nbackend: { database_url: postgres://h/b }',
    });
    expect(config.upstreamUrl).toBe('http://gateway.local/claude');
    expect(config.linear.apiKey?.reveal()).toBe('lin');
    expect(config.linear).toMatchObject({
      apiUrl: 'http://127.0.0.1:1/graphql',
      mcpUrl: 'http://127.0.0.1:1/mcp',
    });
    expect(config.apiToken?.reveal()).toBe('bearer');
    expect(config.databaseUrl?.reveal()).toBe('postgres://u:p@h/env');
  });

  test.each(['LINEAR_API_URL', 'LINEAR_MCP_URL'])(
    'I7 %s is encrypted, or leads to this machine: the key goes there',
    (name) => {
      for (const url of [
        'http://linear.example/mcp',
        'http://10.0.0.7/mcp',
        'http://127.evil.example/',
        'http://linear.localhost/mcp',
      ])
        expect(refusal({ env: { [name]: url } })).toMatch(
          new RegExp(
            `${name} must be an https:// URL, or one of this machine: LINEAR_API_KEY`,
            'u',
          ),
        );
      expect(refusal({ env: { [name]: 'ftp://linear.example' } })).not.toContain('LINEAR_API_KEY');
      for (const url of [
        'https://linear.example/mcp',
        'http://127.0.0.7:9/mcp',
        'http://[::1]:9/mcp',
        'http://localhost/mcp',
      ])
        expect(JSON.stringify(load({ env: { [name]: url } }).linear)).toContain(url);
    },
  );

  test('the root database_url wins over the one in backend', () => {
    const yaml = 'database_url: postgres://h/root\nbackend: { database_url: postgres://h/b }';
    expect(load({ yaml }).databaseUrl?.reveal()).toBe('postgres://h/root');
  });

  test('HARNESS_HOME, else the data folder, XDG honoured', () => {
    expect(load({ env: { HARNESS_HOME: '~/h' } }).home).toBe(join(homedir(), 'h'));
    expect(load({ env: { XDG_DATA_HOME: '/data' } }).home).toBe('/data/harness');
    expect(load().home).toMatch(/harness$/);
  });

  test('bad ones are named with their place and never with their value', () => {
    const message = refusal({
      env: { MAX_SESSIONS: 'many', DATABASE_URL: 'mysql://root:hunter2@h/db' },
      dotenv: '# ports\nexport API_PORT=70000\nANTHROPIC_BASE_URL=https://me:hunter2@h\n',
    });
    expect(message).toMatchInlineSnapshot(`
      ".env:3:1: ANTHROPIC_BASE_URL must be an http:// or https:// URL without user or password
        ANTHROPIC_BASE_URL=https://***********h
        ^
      environment variable DATABASE_URL must be a postgres:// URL
      .env:2:1: API_PORT must be at most 65535
        export API_PORT=70000
        ^
      environment variable MAX_SESSIONS must be a whole number"
    `);
    expect(message).not.toContain('hunter2');
  });
});

describe('A2 where a project lives', () => {
  test('project.directory is the project, relative to the file', () => {
    inFolder({ yaml: 'project: { directory: ./my_project }' }, (cwd) => {
      const order = { env: {}, flags: {}, cwd: '/' };
      const config = loadConfig({ ...order, file: join(cwd, 'orchestrator.yaml') });
      expect(projectDirectoryFor(config, 'Any')).toBe(join(cwd, 'my_project'));
    });
  });

  test('R-074 else a folder of its name in WORKSPACE_PATH, ./workspaces unless set', () => {
    inFolder({}, (cwd) => {
      const config = loadConfig({ file: null, env: {}, flags: {}, cwd });
      expect(projectDirectoryFor(config, 'My Project')).toBe(join(cwd, 'workspaces/My Project'));
    });
    const config = load({ env: { WORKSPACE_PATH: '/w' } });
    expect(projectDirectoryFor(config, 'shop')).toBe('/w/shop');
  });

  test.each(['', '.', '..', '../x', 'a/b', 'a\\b', '.git', ' ', 'a\n', 'x'.repeat(256)])(
    'the name %j is no folder',
    (name) => {
      const config = load();
      expect(() => projectDirectoryFor(config, name)).toThrow(
        expect.toSatisfy((error) => hasCode(error, 'PROJECT_NAME_INVALID')),
      );
    },
  );
});

describe('what is shown', () => {
  const env = {
    ANTHROPIC_API_KEY: 'sk-ant-hunter2',
    LINEAR_API_KEY: 'lin_hunter2',
    DATABASE_URL: 'postgres://u:hunter2@h/d',
    HARNESS_TOKEN: 'hunter2',
    BOX: 'hunter2',
  };
  const boxed = 'environment: { secrets: [BOX] }';

  test('I7 no secret survives printing, inspecting or showing', () => {
    const config = load({ env, yaml: boxed });
    for (const text of [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `${config.credential?.value.toString()}`,
      JSON.stringify(showConfig(config)),
    ])
      expect(text).not.toContain('hunter2');
    expect(showConfig(config).effective).toMatchObject({
      credential: { kind: 'api_key', value: '***' },
      database: '***',
      api_token: '***',
    });
  });

  test('the configuration is frozen all the way down', () => {
    const config = load({ env, yaml: boxed });
    expect(Object.isFrozen(config.settings.phases.ideation)).toBe(true);
    expect(Object.isFrozen(config.settings.environment.secrets)).toBe(true);
  });

  test('what is shown of the file is a file that gives the same settings', () => {
    const full = `
project: { name: Shop, directory: /srv/shop }
backend: { type: json }
phases: { implement: { timeout_minutes: 9, parallel: 4 }, deploy: { enabled: true } }
agent: { model: claude-x, max_sessions: 3, session_timeout_minutes: 1.5 }
budget: { run_usd: 3 }
environment: { env: { A: "1" }, prepare: { command: npm ci } }
deploy: { command: ./go, probe: http://x }
`;
    const config = load({ yaml: full });
    const again = load({ yaml: stringify(showConfig(config).file) });
    expect(again.settings).toEqual(config.settings);
    expect(again.projectName).toBe('Shop');
  });
});
