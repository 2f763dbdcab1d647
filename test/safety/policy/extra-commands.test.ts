import { expect, test } from 'vitest';
import { createPolicy } from '../../../src/safety/policy/extra-commands.ts';
import { judgeCommand } from '../../../src/safety/policy/judge.ts';
import { refuse } from '../../../src/safety/policy/verdict.ts';
import { aPlace, ruleOf } from './a-policy.ts';

type Extra = Parameters<typeof createPolicy>[0];

function decided(command: string, order: Partial<Extra>): string {
  const policy = createPolicy({ profile: 'standard', extraCommands: [], ...order });
  const verdict = judgeCommand(policy, aPlace(), command);
  return verdict.decision === 'allow' ? 'allow' : verdict.rule;
}

test('R-135 a command is denied before the operator adds it, and allowed after', () => {
  expect(ruleOf('hugo --minify')).toBe('command');
  expect(decided('hugo --minify', { extraCommands: [{ name: 'hugo' }] })).toBe('allow');
  expect(decided('echo $(hugo)', { extraCommands: [{ name: 'hugo' }] })).toBe('substitution');
  expect(decided('hugo -d /etc', { extraCommands: [{ name: 'hugo' }] })).toBe('path');
});

test('an added command takes only the options and subcommands that are named', () => {
  const extraCommands = [{ name: 'hugo', subcommands: ['build'], flags: ['--minify', '-d='] }];
  expect(decided('hugo build --minify -d public', { extraCommands })).toBe('allow');
  expect(decided('hugo serve', { extraCommands })).toBe('argument');
  expect(decided('hugo build --gc', { extraCommands })).toBe('option');
  expect(decided('hugo build $X', { extraCommands })).toBe('argument');
});

test('it reaches profile seed too', () => {
  const order = { profile: 'seed' as const, extraCommands: [{ name: 'echo' }] };
  expect(decided('echo a', order)).toBe('allow');
  expect(decided('touch a', order)).toBe('command');
});

test.each(['sudo', 'eval', 'ssh', 'source', '.', 'docker'])('%s can never be added', (name) => {
  expect(() => decided('ls', { extraCommands: [{ name }] })).toThrow(/security\.extra_commands/u);
});

test.each(['a b', '-x', './a', '', '$(a)'])('%j is no name of a command', (name) => {
  expect(() => decided('ls', { extraCommands: [{ name }] })).toThrow(/no plain name/u);
});

test('R-136 a validator in code looks at every occurrence', () => {
  const validators = {
    hugo: ({ words }: { readonly words: readonly unknown[] }): void => {
      if (words.length > 1) refuse('argument', 'hugo takes one word.', 'Give it one.');
    },
  };
  const order = { extraCommands: [{ name: 'hugo' }], validators };
  expect(decided('hugo a', order)).toBe('allow');
  expect(decided('hugo a && timeout 5 hugo a b', order)).toBe('argument');
  expect(() => decided('ls', { validators })).toThrow(/names hugo/u);
});

test('a validator does not take the place of a built-in one', () => {
  const order = { validators: { pkill: () => {} } };
  expect(decided('pkill bash', order)).toBe('argument');
});
