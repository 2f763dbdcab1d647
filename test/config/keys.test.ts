import { stringify } from 'yaml';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/config-schema.ts';
import type { Config } from '../../src/config/config.ts';
import { DEFAULT_MODEL } from '../../src/config/models.ts';
import { GIB } from '../../src/domain/box-limits.ts';
import { PHASES } from '../../src/domain/phase.ts';
import type { PhaseName, PhaseSettings } from '../../src/domain/phase.ts';
import { load, refusal } from './load.ts';

type Row = [key: string, value: unknown, read: (config: Config) => unknown, expected: unknown];

const COMMANDS = ['initialize', 'implement', 'testing'];

const deployment = (value: object): object => ({ command: './deploy.sh', ...value });

const rows: Row[] = [
  ['project.name', 'Shop', (c) => c.projectName, 'Shop'],
  ['project.directory', '/srv/shop', (c) => c.projectDirectory, '/srv/shop'],
  ['project.description', 'Sells', (c) => c.projectDescription, 'Sells'],
  ['database_url', 'postgres://h/root', (c) => c.databaseUrl?.reveal(), 'postgres://h/root'],
  ['backend.type', 'json', (c) => c.settings.backend.type, 'json'],
  ['backend.database_url', 'postgresql://h/b', (c) => c.databaseUrl?.reveal(), 'postgresql://h/b'],
  ['backend.linear_api_key', 'lin_1', (c) => c.linear.apiKey?.reveal(), 'lin_1'],
  ['backend.type', 'linear', (c) => c.settings.backend.type, 'linear'],
  ['backend.linear_team', 'ENG', (c) => c.settings.backend.linearTeam, 'ENG'],
  ['backend.linear_project', 'Shop', (c) => c.settings.backend.linearProject, 'Shop'],
  ['backend.json_file_path', 'w.json', (c) => c.settings.backend.jsonFile, 'w.json'],
  ['autonomy', 'full', (c) => c.settings.autonomy, 'full'],
  ['agent.model', 'claude-x', (c) => c.settings.model, 'claude-x'],
  ['agent.max_sessions', 7, (c) => c.settings.maxSessions, 7],
  ['agent.session_timeout_minutes', 2, (c) => c.settings.sessionTimeoutMs, 120_000],
  ['error_recovery.max_consecutive_errors', 9, (c) => c.settings.maxConsecutiveErrors, 9],
  ['error_recovery.stall_timeout_minutes', 6, (c) => c.settings.stallTimeoutMs, 360_000],
  ['error_recovery.retry_delay_seconds', 2, (c) => c.settings.retryDelayMs, 2000],
  ['budget.run_usd', 2.5, (c) => c.settings.budgetUsd, 2.5],
  ['budget.session_usd', 1, (c) => c.settings.sessionUsd, 1],
  ['budget.day_usd', 1, (c) => c.settings.dayUsd, 1],
  [
    'notify',
    [{ type: 'slack', url: 'https://example.org', on: ['done'] }],
    (c) => c.notify.map(({ type, on }) => ({ type, on })),
    [{ type: 'slack', on: ['done'] }],
  ],
  ['budget.on_limit', 'stop', (c) => c.settings.stopsAtBudget, true],
  ['limits.max_wait_minutes', 3, (c) => c.settings.maxLimitWaitMs, 180_000],
  ['sandbox.driver', 'none', (c) => c.settings.sandbox.driver, 'none'],
  ['sandbox.memory_gb', 3, (c) => c.boxLimits.memoryBytes, 3 * GIB],
  ['sandbox.processes', 99, (c) => c.boxLimits.processes, 99],
  ['sandbox.file_size_gb', 0.5, (c) => c.boxLimits.fileBytes, GIB / 2],
  ['sandbox.tmp_gb', 9, (c) => c.boxLimits.tmpBytes, 9 * GIB],
  ['sandbox.home_gb', 9, (c) => c.boxLimits.homeBytes, 9 * GIB],
  ['sandbox.shared_memory_gb', 1, (c) => c.boxLimits.sharedMemoryBytes, GIB],
  ['sandbox.open_files', 999, (c) => c.boxLimits.openFiles, 999],
  ['sandbox.read', ['/opt/x'], (c) => c.settings.sandbox.read, ['/opt/x']],
  [
    'sandbox.egress',
    ['Bücher.example'],
    (c) => c.egress.at(-1),
    { host: 'xn--bcher-kva.example', ports: [443, 80], phases: COMMANDS, private: false },
  ],
  [
    'mcp',
    { linear: { url: 'https://a.example/mcp', tools: ['list'] } },
    (c) => c.mcp,
    [
      {
        name: 'linear',
        url: 'https://a.example/mcp',
        tools: ['list'],
        phases: COMMANDS,
        headers: {},
      },
    ],
  ],
  [
    'mcp',
    { notes: { package: '@acme/notes@1.2.3', tools: ['list'], env: { A: 'b' }, args: ['-v'] } },
    (c) => c.toolPackages,
    [
      {
        name: 'notes',
        package: '@acme/notes@1.2.3',
        tools: ['list'],
        phases: COMMANDS,
        args: ['-v'],
        env: { A: 'b' },
        secrets: [],
      },
    ],
  ],
  [
    'browser.server',
    'puppeteer',
    (c) => c.browser,
    { use: 'yes', server: 'puppeteer', program: null },
  ],
  [
    'gateway.provider_tools',
    ['web_fetch_20250910'],
    (c) => c.providerTools,
    ['web_fetch_20250910'],
  ],
  ['browser.enabled', false, (c) => c.browser.use, 'no'],
  ['checks.timeout_minutes', 0.5, (c) => c.settings.checkTimeoutMs, 30_000],
  ['checks.retries_for_flaky', 4, (c) => c.settings.flakyRetries, 4],
  ['security.profile', 'seed', (c) => c.security.profile, 'seed'],
  [
    'security.extra_commands',
    [{ name: 'hugo', flags: ['--minify'] }],
    (c) => c.security.extraCommands,
    [{ name: 'hugo', flags: ['--minify'] }],
  ],
  ['security.protected_paths', ['infra/**'], (c) => c.security.protectedPaths, ['infra/**']],
  [
    'environment.prepare',
    { command: 'npm ci', inputs: ['package.json'] },
    (c) => c.settings.environment.prepare,
    { command: 'npm ci', inputs: ['package.json'] },
  ],
  [
    'environment.services',
    [{ name: 'db', command: 'run', probe: 'ask' }],
    (c) => c.settings.environment.services,
    [{ name: 'db', command: 'run', probe: 'ask' }],
  ],
  ['environment.env', { A: '1' }, (c) => c.settings.environment.env, { A: '1' }],
  ['environment.secrets', ['GIVEN'], (c) => c.boxSecrets['GIVEN']?.reveal(), 'given'],
  ['items.max_attempts', 5, (c) => c.settings.itemMaxAttempts, 5],
  ['deploy', deployment({}), (c) => c.settings.deploy?.command, './deploy.sh'],
  ['deploy', deployment({ target: 'command' }), (c) => c.settings.deploy?.target, 'command'],
  ['deploy', deployment({ probe: 'curl x' }), (c) => c.settings.deploy?.probe, 'curl x'],
  ['deploy', deployment({ rollback: 'back' }), (c) => c.settings.deploy?.rollback, 'back'],
  ['deploy', deployment({ timeout_minutes: 2 }), (c) => c.settings.deploy?.timeoutMs, 120_000],
  ['gateway.attribution_headers', true, (c) => c.settings.attributionHeaders, true],
];

/** `a.b: value` as a file. */
function fileOf(key: string, value: unknown): string {
  return stringify(
    key.split('.').reduceRight((inner: unknown, name) => ({ [name]: inner }), value),
  );
}

const env = { GIVEN: 'given' };

describe('every key of the file changes the configuration', () => {
  test.each(rows)('%s: %j', (...[key, value, read, expected]) => {
    expect(read(load({ yaml: fileOf(key, value), env }))).toEqual(expected);
  });

  test.each(rows.filter(([key]) => key !== 'deploy'))(
    '%s is not %j without the file',
    (...[, , read, expected]) => {
      expect(read(load({ env }))).not.toEqual(expected);
    },
  );

  const changes: {
    readonly key: string;
    readonly field: keyof PhaseSettings;
    readonly value: (was: PhaseSettings) => unknown;
  }[] = [
    { key: 'enabled', field: 'enabled', value: (was) => !was.enabled },
    {
      key: 'pattern',
      field: 'pattern',
      value: (was) => (was.pattern === 'swarm' ? 'single' : 'swarm'),
    },
    { key: 'checkpoint_pause', field: 'checkpointPause', value: (was) => !was.checkpointPause },
    { key: 'max_retries', field: 'maxRetries', value: () => 8 },
    { key: 'timeout_minutes', field: 'timeoutMs', value: () => 7 },
    { key: 'parallel', field: 'parallel', value: () => 9 },
  ];
  test.each(
    PHASES.flatMap((phase) => changes.map((change) => ({ phase, change, key: change.key }))),
  )('phases.$phase.$key', ({ phase, change, key }) => {
    const before = load().settings.phases;
    const value = change.value(before[phase]);
    const yaml = `${fileOf(`phases.${phase}.${key}`, value)}deploy: { command: x }\n`;
    const after = load({ yaml }).settings.phases;
    const expected = change.field === 'timeoutMs' ? 420_000 : value;
    expect(after).toEqual({ ...before, [phase]: { ...before[phase], [change.field]: expected } });
  });

  test('nothing in the schema is missing from these tables', () => {
    const known = new Set(rows.map(([key]) => key));
    const sections = Object.entries(properties(configSchema()));
    const keys = sections.flatMap(([section, node]) => {
      const inner = Object.keys(properties(node));
      return inner.length === 0 || section === 'deploy'
        ? [section]
        : inner.map((key) => `${section}.${key}`);
    });
    expect(keys.filter((key) => !key.startsWith('phases.') && !known.has(key))).toEqual([]);
  });

  test('implement and --parallel are the same number', () => {
    const config = load({ yaml: 'phases: { implement: { parallel: 8 } }' });
    expect(config.settings.parallel).toBe(8);
  });
});

function properties(node: unknown): Record<string, unknown> {
  return Object(Object(node).properties);
}

describe('bounds', () => {
  const bounds: [key: string, low: number, high: number][] = [
    ['phases.ideation.max_retries', 0, 10],
    ['phases.testing.timeout_minutes', 1, 1440],
    ['agent.max_sessions', 1, 10_000],
    ['agent.session_timeout_minutes', 1, 480],
    ['error_recovery.max_consecutive_errors', 1, 10],
    ['error_recovery.stall_timeout_minutes', 5, 120],
    ['error_recovery.retry_delay_seconds', 1, 60],
  ];
  test.each(bounds)('%s is from %i to %i', (...[key, low, high]) => {
    expect(refusal({ yaml: fileOf(key, low) })).toBe('accepted');
    expect(refusal({ yaml: fileOf(key, high) })).toBe('accepted');
    expect(refusal({ yaml: fileOf(key, low - 1) })).toContain(`${key} must be at least ${low}`);
    expect(refusal({ yaml: fileOf(key, high + 1) })).toContain(`${key} must be at most ${high}`);
  });

  test('R-110 a project has a name of 1 to 255 characters', () => {
    expect(refusal({ yaml: fileOf('project.name', 'x'.repeat(255)) })).toBe('accepted');
    expect(refusal({ yaml: fileOf('project.name', 'x'.repeat(256)) })).toContain('at most 255');
    expect(refusal({ yaml: fileOf('project.name', '') })).toContain('must not be empty');
  });

  test('a model that would be read as a flag is refused', () => {
    expect(refusal({ yaml: 'agent: { model: --dangerous }' })).toContain('agent.model');
  });
});

function shape(name: PhaseName): string {
  const phase = load().settings.phases[name];
  const on = phase.enabled ? 'on' : 'off';
  const pause = phase.checkpointPause ? 'pause' : '-';
  return [on, phase.pattern, pause, phase.maxRetries, phase.timeoutMs / 60_000].join(' ');
}

test('R-119 R-120 R-121 the defaults of the phases', () => {
  expect(Object.fromEntries(PHASES.map((name) => [name, shape(name)]))).toMatchInlineSnapshot(`
    {
      "architecture": "on swarm pause 3 60",
      "deploy": "off single pause 3 60",
      "ideation": "on swarm pause 3 60",
      "implement": "on single - 5 240",
      "initialize": "on single - 3 60",
      "task_breakdown": "on single pause 3 60",
      "testing": "off single - 3 60",
    }
  `);
});

test('the other defaults', () => {
  const { phases: _, ...settings } = load().settings;
  expect(settings.model).toBe(DEFAULT_MODEL);
  expect(settings).toMatchInlineSnapshot(`
    {
      "attributionHeaders": false,
      "autonomy": "checkpoint",
      "backend": {
        "jsonFile": ".work_items.json",
        "linearProject": null,
        "linearTeam": null,
        "type": "postgres",
      },
      "budgetUsd": null,
      "checkTimeoutMs": 900000,
      "deploy": null,
      "environment": {
        "env": {},
        "prepare": null,
        "secrets": [],
        "services": [],
      },
      "flakyRetries": 1,
      "interactive": true,
      "itemMaxAttempts": 3,
      "label": "",
      "maxConsecutiveErrors": 3,
      "maxLimitWaitMs": 21600000,
      "maxSessions": 1000,
      "model": "claude-opus-5-5",
      "parallel": 3,
      "retryDelayMs": 5000,
      "sandbox": {
        "driver": "bwrap",
        "read": [],
      },
      "sessionTimeoutMs": 7200000,
      "stallTimeoutMs": 1800000,
    }
  `);
});

test('a deploy phase without anything to run is refused', () => {
  expect(refusal({ yaml: 'phases: { deploy: { enabled: true } }' })).toContain(
    'phases.deploy.enabled needs a section deploy',
  );
});
