import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { inFolder, load, refusal } from './load.ts';

test('all that is wrong is said at once, each with its line and a caret', () => {
  const yaml = `project:
  name: ""
  directry: ./x
backend: { type: mongo, linear_api_key: lin_api_hunter2, foo: 1 }
phases:
  ideation: { enabled: yes, max_retries: 11 }
  implemnt:
agent:
  model: \${NOPE}
  max_sessions: "\${HOME}"
  max_sessions: 4
environment:
  __proto__: 3
  env: { 1a: x, B: 3 }
  secrets: [ABSENT]
deploy:
`;
  const message = refusal({ yaml, env: { HOME: '/root' } });
  expect(message).toMatchInlineSnapshot(`
    "orchestrator.yaml:2:9: project.name must not be empty
        name: ""
              ^
    orchestrator.yaml:3:3: unknown key directry in project; did you mean directory?
        directry: ./x
        ^
    orchestrator.yaml:4:18: backend.type must be postgres or json or linear
      backend: { type: mongo, linear_api_key: ***************, foo: 1 }
                       ^
    orchestrator.yaml:4:58: unknown key foo in backend; known here: type, database_url, linear_api_key, linear_team, linear_project, json_file_path
      backend: { type: mongo, linear_api_key: ***************, foo: 1 }
                                                               ^
    orchestrator.yaml:6:24: phases.ideation.enabled must be true or false
        ideation: { enabled: yes, max_retries: 11 }
                             ^
    orchestrator.yaml:6:42: phases.ideation.max_retries must be at most 10
        ideation: { enabled: yes, max_retries: 11 }
                                               ^
    orchestrator.yaml:7:3: unknown key implemnt in phases; did you mean implement?
        implemnt:
        ^
    orchestrator.yaml:9:10: NOPE is not set: set it, or give a default: \${NOPE:-...}
        model: \${NOPE}
               ^
    orchestrator.yaml:10:17: agent.max_sessions must be a number, with its variables filled in
        max_sessions: "\${HOME}"
                      ^
    orchestrator.yaml:11:3: the key max_sessions stands here twice
        max_sessions: 4
        ^
    orchestrator.yaml:13:3: the key __proto__ is not allowed
        __proto__: 3
        ^
    orchestrator.yaml:14:10: environment.env.1a must be letters, digits and underscores, not a digit first
        env: { 1a: x, B: 3 }
               ^
    orchestrator.yaml:14:20: environment.env.B must be text
        env: { 1a: x, B: 3 }
                         ^
    orchestrator.yaml:16:1: deploy.command is missing
      deploy:
      ^"
  `);
  expect(message).not.toContain('hunter2');
});

test('at most twenty are shown', () => {
  const yaml = Array.from({ length: 25 }, (_, index) => `key${index}: 1`).join('\n');
  const lines = refusal({ yaml }).split('\n');
  expect(lines.filter((line) => line.startsWith('orchestrator.yaml:'))).toHaveLength(20);
  expect(lines.at(-1)).toBe('and 5 more.');
});

describe('a text that is no configuration', () => {
  test.each([
    ['a list', '- 1\n- 2\n'],
    ['a word', 'hello'],
    ['a broken map', 'a: [1, 2\nb: 3\n'],
    ['a tab', 'agent:\n\tmodel: x\n'],
    ['two documents', 'autonomy: full\n---\nautonomy: full\n'],
    ['an unknown tag', 'autonomy: !secret full\n'],
    ['an alias without anchor', 'autonomy: *nothing\n'],
  ])('%s is refused with its place', (_what, yaml) => {
    expect(refusal({ yaml })).toMatch(/^orchestrator\.yaml:\d+:\d+: \S/);
  });

  test('syntax', () => {
    expect(refusal({ yaml: 'agent:\n  model: "x\nautonomy: full\n' })).toMatchInlineSnapshot(`
      "orchestrator.yaml:4:1: not YAML: Missing closing "quote
        
        ^"
    `);
  });

  test('bytes that are not UTF-8', () => {
    expect(refusal({ yaml: new Uint8Array([0x61, 0x3a, 0xff]) })).toBe(
      'orchestrator.yaml: is not UTF-8 text',
    );
  });

  test('more than 1 MB', () => {
    expect(refusal({ yaml: `# ${'x'.repeat(1_000_000)}` })).toBe(
      'orchestrator.yaml: is larger than 1 MB',
    );
  });

  test('a folder, and nothing', () => {
    inFolder({}, (cwd) => {
      mkdirSync(join(cwd, 'folder.yaml'));
      const order = { env: {}, flags: {}, cwd };
      expect(() => loadConfig({ ...order, file: 'folder.yaml' })).toThrow('is not a regular file');
      expect(() => loadConfig({ ...order, file: 'gone.yaml' })).toThrow('gone.yaml: no such file');
    });
  });

  test('a .env that is not text', () => {
    inFolder({}, (cwd) => {
      mkdirSync(join(cwd, '.env'));
      expect(() => loadConfig({ file: null, env: {}, flags: {}, cwd })).toThrow('.env: is not a');
    });
  });
});

describe('a text made to hurt', () => {
  test('aliases that multiply', () => {
    const levels = Array.from(
      { length: 30 },
      (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index},`.repeat(9)}]`,
    );
    const yaml = ['l0: &l0 [x]', ...levels].join('\n');
    expect(refusal({ yaml })).toContain('aliases that multiply');
  });

  test('an alias to what encloses it', () => {
    expect(refusal({ yaml: 'agent: &a\n  model: *a\n' })).toContain('nested too deeply');
  });

  test('deep nesting', () => {
    expect(refusal({ yaml: '['.repeat(100_000) })).toMatch(/^orchestrator\.yaml:\d+:\d+: /);
    expect(refusal({ yaml: `${'['.repeat(100)}${']'.repeat(100)}` })).toContain(
      'nested too deeply',
    );
  });

  test('very many keys take no quadratic time', { timeout: 20_000 }, () => {
    const yaml = Array.from({ length: 60_000 }, (_, index) => `k${index}:`).join('\n');
    expect(refusal({ yaml })).toContain('too many values');
  });

  test('control characters do not reach the terminal', () => {
    const message = refusal({ yaml: 'autonomy: "x\u009b31m\u202eevil"\n' });
    expect(message).not.toMatch(/[\u009b\u202e]/);
    expect(message).toContain('autonomy must be full or checkpoint');
  });

  test('no key reaches the machinery of objects', () => {
    const yaml = '__proto__: { polluted: true }\nconstructor: { x: 1 }\n';
    expect(refusal({ yaml })).toContain('the key __proto__ is not allowed');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('variables in the file', () => {
  const env = { NAME: 'Shop', COUNT: '7', ON: 'true', EMPTY: '', BAD: 'x"\nautonomy: full #' };

  test('are filled in after parsing, so a value is never structure', () => {
    const config = load({ yaml: 'project: { name: "a ${NAME}", description: "${BAD}" }', env });
    expect(config.projectName).toBe('a Shop');
    expect(config.projectDescription).toBe(env.BAD);
    expect(config.settings.autonomy).toBe('checkpoint');
  });

  test('a plain one becomes the number or boolean it spells, a quoted one stays text', () => {
    const yaml = 'agent:\n  max_sessions: ${COUNT}\ngateway:\n  attribution_headers: ${ON}\n';
    expect(load({ yaml, env }).settings).toMatchObject({
      maxSessions: 7,
      attributionHeaders: true,
    });
    expect(load({ yaml: 'project: { name: "${COUNT}" }', env }).projectName).toBe('7');
    expect(refusal({ yaml: 'project:\n  name: ${COUNT}\n', env })).toMatchInlineSnapshot(`
      "orchestrator.yaml:2:9: project.name must be text, with its variables filled in (quote it to keep it text)
          name: \${COUNT}
                ^"
    `);
  });

  test.each([
    ['${NAME:-x}', 'Shop'],
    ['${GONE:-x y}', 'x y'],
    ['${EMPTY:-x}', 'x'],
    ['${GONE:-}', ''],
    ['${EMPTY}', ''],
    ['${NAME:?say}', 'Shop'],
    ['$$', '$'],
    ['$${NAME}', '${NAME}'],
    ['$5 and $x', '$5 and $x'],
    ['${NAME}${NAME}', 'ShopShop'],
  ])('%s gives %j', (text, expected) => {
    const yaml = `project: { description: '${text}' }`;
    expect(load({ yaml, env }).projectDescription).toBe(expected);
  });

  test('.env fills in too, the environment first', () => {
    const yaml = 'project: { name: "${NAME}", description: "${OTHER}" }';
    const config = load({ yaml, env, dotenv: 'NAME=hidden\nOTHER="from file"\n' });
    expect([config.projectName, config.projectDescription]).toEqual(['Shop', 'from file']);
  });

  test('missing and malformed ones are refused where they stand', () => {
    const yaml = `project:
  name: shop-\${GONE}
  description: "\${EMPTY:?name the product}"
agent:
  model: \${not a name}
  max_sessions: \${
`;
    expect(refusal({ yaml, env })).toMatchInlineSnapshot(`
      "orchestrator.yaml:2:14: GONE is not set: set it, or give a default: \${GONE:-...}
          name: shop-\${GONE}
                     ^
      orchestrator.yaml:3:17: EMPTY is not set: name the product
          description: "\${EMPTY:?name the product}"
                        ^
      orchestrator.yaml:5:10: write \${NAME}, \${NAME:-default} or \${NAME:?message}, and $$ for a plain $
          model: \${not a name}
                 ^
      orchestrator.yaml:6:17: write \${NAME}, \${NAME:-default} or \${NAME:?message}, and $$ for a plain $
          max_sessions: \${
                        ^"
    `);
  });

  test('a filled-in value that does not fit is refused without being shown', () => {
    const message = refusal({ yaml: 'autonomy: ${PASS}\n', env: { PASS: 'hunter2' } });
    expect(message).toMatchInlineSnapshot(`
      "orchestrator.yaml:1:11: autonomy must be full or checkpoint, with its variables filled in
        autonomy: \${PASS}
                  ^"
    `);
    expect(message).not.toContain('hunter2');
  });

  test('I7 a credential may not flow into a stored setting', () => {
    const message = refusal({
      yaml: 'deploy:\n  command: "deploy --token ${HARNESS_TOKEN}"\n',
      env: { HARNESS_TOKEN: 'hunter2-hunter2' },
    });
    expect(message).toMatchInlineSnapshot(`
      "orchestrator.yaml:2:12: deploy.command would store and show the value of HARNESS_TOKEN: environment.secrets takes names
          command: "deploy --token \${HARNESS_TOKEN}"
                   ^"
    `);
  });
});

test.each([
  ['sudo', /:2:28: security\.extra_commands\.0\.name is a command that can never be added/],
  ['./hugo', /:2:28: security\.extra_commands\.0\.name must be the plain name of a command/],
  ['-x', /must be the plain name of a command/],
])('I8 %s is no command to add', (name, expected) => {
  const yaml = `security:\n  extra_commands: [{ name: ${name} }]\n`;
  expect(refusal({ yaml })).toMatch(expected);
});

test('I7 the address of a notifier is not shown, nor half of it where a long line is cut', () => {
  const url = `https://hooks.example.org/${'k'.repeat(120)}`;
  for (const yaml of [
    `notify: [{ type: slack, url: "${url}", secret: 0123456789abcdef }]`,
    `notify: [{ type: webhook, url: "${url}", secret: kkkk }]`,
    `notify: [{ type: slack, url: "${url}", tpye: 1 }]`,
  ]) {
    const message = refusal({ yaml });
    expect(message).not.toContain('hooks');
    expect(message).not.toContain('kkkk');
  }
});

test('the command of a notifier is taken from the environment alone', () => {
  const yaml = 'notify: [{ type: command }]\n';
  const dotenv = 'HARNESS_NOTIFY_COMMAND=curl evil.example\n';
  expect(refusal({ yaml, dotenv })).toMatch(/HARNESS_NOTIFY_COMMAND does not say which/);
  expect(refusal({ yaml: 'notify: [{ type: command, command: x }]\n' })).toMatch(/unknown key/);
  const { notify } = load({ yaml, env: { HARNESS_NOTIFY_COMMAND: 'notify-me' } });
  expect(notify).toMatchObject([{ type: 'command', command: 'notify-me' }]);
});

test.each([
  ['{ type: webhook }', /needs a url/],
  ['{ type: command, url: "https://a.example" }', /needs a url, unless its type is command/],
  ['{ type: slack, url: "https://u:p@a.example" }', /without user or password/],
  ['{ type: slack, url: "https://a.example", on: [] }', /on/],
  ['{ type: slack, url: "https://a.example", on: [stopped] }', /on\.0/],
])('a notifier is refused: %s', (target, expected) => {
  expect(refusal({ yaml: `notify: [${target}]\n` })).toMatch(expected);
});
