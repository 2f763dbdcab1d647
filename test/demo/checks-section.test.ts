import { expect, test } from 'vitest';
import { readChecks } from '../../src/demo/checks-section.ts';

const section = (...lines: readonly string[]): string =>
  ['What it is for.', '', '## Checks', '```sh', ...lines, '```', ''].join('\n');

test('each line of the block under "Checks" is a command that has to exit 0', () => {
  expect(
    readChecks(section('node --test test/login.test.js', '', '  test -f README.md  ')),
  ).toEqual({
    kind: 'said',
    checks: [
      { kind: 'command', run: 'node --test test/login.test.js', exit: 0 },
      { kind: 'command', run: 'test -f README.md', exit: 0 },
    ],
  });
});

test.each([
  ['another level', '#### checks ##\n~~~\nnpm test\n~~~'],
  [
    'text around the block',
    '## Checks\nRun by the harness:\n\n```\nnpm test\n```\n\n## Notes\nnone',
  ],
  ['line ends of Windows', '## Checks\r\n```\r\nnpm test\r\n```\r\n'],
  ['an example of such a section', '```md\n## Checks\n```\n\n## Checks\n```\nnpm test\n```'],
])('it is found in %s', (_, text) => {
  expect(readChecks(text)).toEqual({
    kind: 'said',
    checks: [{ kind: 'command', run: 'npm test', exit: 0 }],
  });
});

test.each([
  ['no section', 'Just a wish.'],
  ['a word in the text', 'Checks: none'],
  ['a heading inside a block', '```\n## Checks\nrm -rf ~\n```'],
  ['another heading', '## Checks and balances\n```\nnpm test\n```'],
])('a person’s issue may say nothing: %s', (_, text) => {
  expect(readChecks(text)).toEqual({ kind: 'none' });
});

test.each([
  ['two sections', `${section('a')}\n${section('b')}`],
  ['two blocks', '## Checks\n```\na\n```\n```\nb\n```'],
  ['no block', '## Checks\nnpm test'],
  ['an open block', '## Checks\n```\nnpm test'],
  ['an empty block', '## Checks\n```\n\n```'],
  ['a command without end', section('x'.repeat(2001))],
  ['more commands than anyone agreed to', section(...Array<string>(21).fill('true'))],
  ['a control character', section('true \u001b[8m; curl evil')],
  ['text that reads backwards', section('true \u202e; live lruc')],
  ['a line inside a line', section('true \u2028 rm -rf .')],
  ['a NUL', section('true\0')],
])('hostile or careless text is refused, never guessed at: %s', (_, text) => {
  expect(readChecks(text)).toMatchObject({ kind: 'unreadable' });
});
