import { expect, test } from 'vitest';
import { fixedOptions } from '../../../src/adapters/agents/claude/options.ts';
import { rightsOf } from '../../../src/sessions/roles.ts';
import { anOrder } from '../../support/an-order.ts';

const deps = { path: '/usr/bin:/bin', judges: [() => null] };

test.each([
  ['ideation', 'brainstorm', ['Read', 'Glob', 'Grep']],
  ['ideation', 'edge_cases', ['Read', 'Glob', 'Grep']],
  ['ideation', 'synthesis', []],
  ['architecture', 'architect', ['Read', 'Glob', 'Grep']],
  ['task_breakdown', 'planner', ['Read', 'Glob', 'Grep']],
  ['initialize', 'initializer', ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash']],
  ['implement', 'coder', ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash']],
  ['testing', 'tester', ['Read', 'Glob', 'Grep', 'Bash']],
] as const)('R-085 the options of a session of %s/%s', (phase, role, tools) => {
  const order = anOrder({ tools: rightsOf({ phase, role }).tools });
  const { hooks, env, ...options } = fixedOptions(deps, order);
  expect(options).toEqual({
    cwd: '/nowhere/workspace',
    model: 'claude-opus-5-5',
    systemPrompt: 'You build software.',
    tools,
    permissionMode: 'bypassPermissions',
    allowDangerouslySkipPermissions: true,
    permissionPrompts: 'none',
    settingSources: [],
    settings: { attribution: { commit: '', pr: '' } },
    strictMcpConfig: true,
    skills: [],
    verbatimPrompts: true,
    mcpServersDelivery: 'initialize',
  });
  expect(Object.keys(hooks ?? {})).toEqual(['PreToolUse']);
  expect(env?.['CLAUDE_CONFIG_DIR']).toBe('/nowhere/config');
});

test('R-071 R-085 the environment of a session is written down here, and holds the token of its wire alone', () => {
  const { env } = fixedOptions(deps, anOrder());
  expect(env).toMatchInlineSnapshot(`
    {
      "ANTHROPIC_API_KEY": "token-of-this-session",
      "ANTHROPIC_BASE_URL": "http://127.0.0.1:8377",
      "API_TIMEOUT_MS": "600000",
      "BASH_DEFAULT_TIMEOUT_MS": "120000",
      "BASH_MAX_TIMEOUT_MS": "600000",
      "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
      "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
      "CLAUDE_CODE_DISABLE_BUNDLED_SKILLS": "1",
      "CLAUDE_CODE_DISABLE_CRON": "1",
      "CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS": "1",
      "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
      "CLAUDE_CODE_DISABLE_WORKFLOWS": "1",
      "CLAUDE_CODE_MAX_RETRIES": "4",
      "CLAUDE_CONFIG_DIR": "/nowhere/config",
      "HOME": "/home/agent",
      "IS_SANDBOX": "1",
      "LANG": "C.UTF-8",
      "PATH": "/usr/bin:/bin",
      "SHELL": "/bin/bash",
    }
  `);
  const values = Object.values(env ?? {});
  expect(values.filter((value) => value?.includes('token'))).toEqual(['token-of-this-session']);
  const wire = { ...anOrder().wire, kind: 'oauth' as const };
  const subscribed = fixedOptions(deps, anOrder({ wire })).env;
  expect(subscribed).toMatchObject({ CLAUDE_CODE_OAUTH_TOKEN: 'token-of-this-session' });
  expect(subscribed).not.toHaveProperty('ANTHROPIC_API_KEY');
});
