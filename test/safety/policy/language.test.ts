import { describe, expect, test } from 'vitest';
import { ruleOf } from './a-policy.ts';

/** [rule, commands that break it] */
const DENIED: readonly (readonly [string, readonly string[]])[] = [
  ['size', [`echo ${'a'.repeat(17_000)}`, 'ls; '.repeat(201), `echo ${'a '.repeat(1100)}`]],
  [
    'characters',
    ['ls\r', 'ls \u0000', 'ls\u00a0-la', 'ls \u202e', 'ls \u200b', 'ls \u{e0041}', 'ls \ud800'],
  ],
  ['syntax', ['x=(a $(evil))!', 'export x=(a `evil`)b', 'echo "a', 'ls $(', 'if ls; then', 'ls )']],
  [
    'construct',
    [
      'f() { ls; }; f',
      'function f { ls; }',
      'coproc ls',
      'select x in a; do ls; done',
      'for ((i=0;i<3;i++)); do ls; done',
      'diff <(ls) <(ls -a)',
      'echo ${x@P}',
      'echo ${!x}',
      'echo ${!x*}',
      'echo ${x:=ls}',
      'echo ${x[$(ls)]}',
      'echo $(( x ))',
      'echo $(( a[0] ))',
      'echo $[ 1 + x ]',
      '(( x ))',
      '[[ -v x ]]',
      '[[ $x -eq 1 ]]',
      'test -v x',
      '[ -v x ]',
      'ls {fd}>a',
      'echo @(a|b)',
      'echo $"hello"',
      'a[$(ls)]=1',
      'echo ${x:$y}',
    ],
  ],
  [
    'assignment',
    [
      'PATH=/tmp:$PATH ls',
      'PATH=/tmp',
      'export PATH=/tmp',
      'export LD_PRELOAD=/tmp/a.so',
      'LD_PRELOAD=a.so ls',
      'IFS=x',
      'BASH_ENV=a bash -c ls',
      'PS4="$(ls)"',
      'GIT_EXTERNAL_DIFF=a git diff',
      'GIT_SSH_COMMAND=a git log',
      'PAGER=a git log',
      'EDITOR=a git commit',
      'NODE_OPTIONS=--require=./a node b',
      'PYTHONSTARTUP=a python3',
      'npm_config_script_shell=a npm test',
      'HTTPS_PROXY=a npm ci',
      'ANTHROPIC_BASE_URL=a ls',
      'env PATH=/tmp ls',
      'cross-env NODE_OPTIONS=a node b',
      'for PATH in /tmp; do ls; done',
      'read PATH',
      'export "$x"',
      'unset PATH',
      'read "a[0]"',
    ],
  ],
  ['redirect', ['ls > $x', 'ls > "$(pwd)/a"', 'ls > *.txt', 'ls <> a', 'echo a > ""', 'ls >& $x']],
  [
    'substitution',
    [
      '$(echo ls)',
      '`echo ls`',
      'echo "$(pwd; ssh a)"',
      '[[ "a[$(ls)]" -eq 1 ]]',
      'echo $(ls)',
      'ls a[$("ls")]=1',
      'ls [$(whoami)]',
      'echo `whoami`',
      'cat $(which ls)',
      'x=$(<a.txt)',
      'echo $(echo a > b)',
      'ls $(curl localhost)',
    ],
  ],
];

describe.each(DENIED)('rule %s', (rule, commands) => {
  test.each(commands)('denies %j', (command) => {
    expect([ruleOf(command), command]).toEqual([rule, command]);
  });
});

describe('sh is not bash', () => {
  test.each([
    "sh -c \"echo $'\\\\'; ssh a; #'\"",
    'sh -c "[[ a > b ]]"',
    'sh -c "ls &> a"',
    'sh -c "ls |& cat"',
    'sh -c "a=(b)"',
    'sh -c "cat <<< a"',
    'sh -c "bash -c \'[[ -n a ]]\'"',
  ])('%s is not read as bash would', (command) => {
    expect(ruleOf(command)).not.toBe('allow');
  });
});
