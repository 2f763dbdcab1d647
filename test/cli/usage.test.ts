import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { exitOfError } from '../../src/cli/main.ts';
import { createProgram } from '../../src/cli/program.ts';
import { messageOf } from '../../src/domain/errors.ts';

/** [what, words, what is said] */
const REFUSED: [string, string[], RegExp][] = [
  [
    'a command that does not exist',
    ['staus'],
    /unknown command 'staus'\s+\(Did you mean status\?\)/u,
  ],
  ['an option that does not exist', ['status', '--frob'], /unknown option '--frob'/u],
  ['a phase that does not exist', ['run', '--from', 'cooking'], /Allowed choices are ideation/u],
  ['a number that is none', ['run', '--parallel', 'many'], /whole number from 1 up/u],
  ['a budget of nothing', ['run', '--budget', '0'], /must be above 0/u],
  ['no idea at all', ['run'], /--idea TEXT or --idea-file FILE/u],
  ['an empty idea', ['run', '--idea', ' '], /--idea is empty/u],
  ['two ideas', ['run', '--idea', 'a', '--idea-file', 'b'], /not both/u],
  [
    'an idea file that is not there',
    ['run', '--idea-file', 'absent.md'],
    /absent\.md: there is no such file$/u,
  ],
  [
    'an idea file that is a folder',
    ['run', '--idea-file', '.'],
    /Can't read the idea in \.: it is a folder$/u,
  ],
  ['a rejection without a reason', ['reject', 'ideation', '--reason', ' '], /reason is needed/u],
  ['the full screen for a command', ['run', '-o', 'tui'], /without a command/u],
  ['a port that is none', ['serve', '--port', '99999'], /whole number from 0 to 65535/u],
  ['a port for nothing', ['--port', '8080'], /--port and --host are for --api/u],
  ['a restore to nowhere', ['recover', 'some/1'], /Say where to/u],
  ['a word too many', ['status', 'shop'], /too many arguments/u],
  ['labels that are none', ['worker', '--labels', ' , '], /must be 1 to 20 labels/u],
  ['a label that hides', ['worker', '--labels', 'a\u202Eb'], /none of them hidden/u],
  ['an item without a check', ['items', 'add', '--title', 'a'], /required option/u],
];

test.each(REFUSED)('refuses %s', async (_what, words, said) => {
  const error = await refusalOf(words);
  expect(messageOf(error)).toMatch(said);
  expect(exitOfError(error)).toBe(2);
});

async function refusalOf(words: readonly string[]): Promise<unknown> {
  const program = createProgram();
  silence(program);
  return program.parseAsync([...words], { from: 'user' }).then(
    () => 'accepted',
    (error: unknown) => error,
  );
}

function silence(command: Command): void {
  command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  for (const inner of command.commands) silence(inner);
}
