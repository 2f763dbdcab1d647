import {
  cdCheck,
  declareCheck,
  namesCheck,
  printfCheck,
  setCheck,
  testCheck,
} from '../check-builtins.ts';
import { commandCheck, envCheck, restCheck, shellCheck, timeoutCheck } from '../check-wrappers.ts';
import type { Commands } from '../spec.ts';

/** Builtins that only look, say, or change what the policy follows. */
export const BUILTINS: Commands = Object.freeze({
  ':': { operands: 'text', loose: true },
  true: { operands: 'text', loose: true },
  false: { operands: 'text', loose: true },
  echo: { operands: 'text', loose: true },
  printf: { operands: 'text', loose: true, check: printfCheck },
  test: { operands: 'text', loose: true, check: testCheck },
  '[': { operands: 'text', loose: true, check: testCheck },
  cd: { options: '-P -L', operands: 'text', check: cdCheck },
  exit: { operands: 'text' },
  return: { operands: 'text' },
  break: { operands: 'text' },
  continue: { operands: 'text' },
  shift: { operands: 'text' },
  type: { options: '-a -t -p -P -f', operands: 'text', guarded: true },
  which: { options: '-a', operands: 'text' },
  command: { options: '-v -V', operands: 'text', posix: true, guarded: true, check: commandCheck },
  export: { operands: 'text', check: declareCheck },
  readonly: { operands: 'text', check: declareCheck },
  declare: { options: '-r -x', operands: 'text', check: declareCheck },
  read: { options: '-r -s -p= -t= -n= -d=', operands: 'text', check: namesCheck },
  unset: { options: '-v', operands: 'text', check: namesCheck },
  set: { operands: 'text', loose: true, check: setCheck },
  umask: { options: '-S', operands: 'text' },
});

/** What runs another command, which is judged as if it stood there by itself. */
export const WRAPPERS: Commands = Object.freeze({
  env: { operands: 'text', posix: true, guarded: true, check: envCheck },
  nohup: { operands: 'text', posix: true, guarded: true, check: restCheck },
  nice: {
    options: '-n= --adjustment=',
    operands: 'text',
    posix: true,
    guarded: true,
    check: restCheck,
  },
  ionice: { options: '-c= -n=', operands: 'text', posix: true, guarded: true, check: restCheck },
  time: { options: '-p -v', operands: 'text', posix: true, guarded: true, check: restCheck },
  stdbuf: {
    options: '-o= -e= -i=',
    operands: 'text',
    posix: true,
    guarded: true,
    check: restCheck,
  },
  timeout: {
    options: '-k= -s= --kill-after= --signal= --preserve-status --foreground -v',
    operands: 'text',
    posix: true,
    guarded: true,
    check: timeoutCheck,
  },
  bash: {
    options: '-c= -e -u -x -n -ex -eu -eux -euo= -o= -v --version --norc --noprofile',
    operands: 'tool',
    posix: true,
    guarded: true,
    check: shellCheck,
  },
  sh: {
    options: '-c= -e -u -x -n -ex -eu -eux -v',
    operands: 'tool',
    posix: true,
    guarded: true,
    check: shellCheck,
  },
  dash: {
    options: '-c= -e -u -x -n',
    operands: 'tool',
    posix: true,
    guarded: true,
    check: shellCheck,
  },
});
