import { describe, expect, test } from 'vitest';
import { judgeCommand } from '../../../src/safety/policy/judge.ts';
import { aPlace, judged, ruleOf, SEED } from './a-policy.ts';

test('a denial names every command that it saw, and what to do instead', () => {
  const verdict = judged('ls && git push && cat a');
  expect(verdict).toEqual({
    decision: 'deny',
    rule: 'command',
    reason:
      'git push is not for agents. Commit only: there is no network but package registries, and the harness publishes.',
    commands: ['ls', 'git', 'cat'],
  });
});

test('an allowed command names what wrappers and inner shells run', () => {
  expect(judged('timeout 5 bash -c "cd a && npx vitest" | xargs -0 grep x')).toEqual({
    decision: 'allow',
    commands: ['timeout', 'xargs', 'bash', 'cd', 'npx', 'vitest', 'grep'],
  });
});

test('a link that leads outside is outside', () => {
  const place = aPlace({ realOf: (path) => path.replace('/work/shop/link', '/etc') });
  expect(ruleOf('cat link/passwd', place)).toBe('path');
  expect(ruleOf('cat src/a', place)).toBe('allow');
  expect(ruleOf('cat link/../src/a', place)).toBe('path');
});

test('what breaks denies', () => {
  const place = aPlace({
    realOf: () => {
      throw new Error('the disk is on fire');
    },
  });
  expect(judged('cat src/a', place)).toMatchObject({ decision: 'deny', rule: 'broken' });
});

const inSeed = (command: string, workspace = '/work/shop'): string =>
  judgeCommand(SEED, aPlace({ workspace }), command).decision;

describe('profile seed', () => {
  test.each([
    './init.sh',
    '/work/shop/init.sh --production',
    'chmod u+x init.sh && ./init.sh',
    'ls | grep a',
    'npm run build',
  ])('allows %j', (command) => expect(inSeed(command)).toBe('allow'));
  test.each([
    'echo a',
    'cd a',
    'npx a',
    'npm exec a',
    './setup.sh',
    '/path/to/init.sh',
    'rm a',
    'bash -c ls',
    'scripts/a.sh',
  ])('denies %j', (command) => expect(inSeed(command)).toBe('deny'));
  test('the init.sh of another folder is that of its project', () =>
    expect(inSeed('/path/to/init.sh', '/path/to')).toBe('allow'));
});
