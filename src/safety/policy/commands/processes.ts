import { killCheck } from '../check-builtins.ts';
import { pkillCheck } from '../check-pkill.ts';
import type { Commands } from '../spec.ts';

/** Processes of the session. */
export const PROCESSES: Commands = Object.freeze({
  ps: {
    options:
      '-e -f -A -a -x -u=? -o= -p= -C= -l -w -ww -ef -eo= -aux -elf --sort= --no-headers --forest --ppid= --pid=',
    operands: 'text',
  },
  lsof: { options: '-i=? -n -P -p= -t -a -c= -u= -s=? -l -U', operands: 'text' },
  sleep: { operands: 'text' },
  pkill: {
    options: '-f -x -# -9 -15 -2 -1 -TERM -KILL -INT -HUP -SIGTERM -SIGKILL -SIGINT -SIGHUP',
    operands: 'text',
    guarded: true,
    check: pkillCheck,
  },
});

/** Programs that look at processes and at the machine, and signal the box's own. */
export const MORE_PROCESSES: Commands = Object.freeze({
  kill: { operands: 'text', loose: true, check: killCheck },
  pgrep: { options: '-f -l -a -x -n -o -c -u= -P=', operands: 'text' },
  jobs: { options: '-l -p -r -s', operands: 'text' },
  wait: { options: '-n -f', operands: 'text' },
  disown: { options: '-a -h -r', operands: 'text' },
  free: { options: '-h -m -g -k -b' },
  uptime: { options: '-p -s' },
  nproc: { options: '--all' },
  uname: { options: '-a -s -r -m -n -v -o -p' },
  whoami: {},
  id: { options: '-u -g -n -un -gn -G', operands: 'text' },
  hostname: {},
  date: {
    options: '-u -I=? -R -d= --utc --iso-8601=? --date= --rfc-3339=',
    operands: 'text',
    guarded: true,
  },
  seq: { options: '-w -s= -f=', operands: 'text' },
  ss: { options: '-t -l -n -p -u -a -x -tlnp -s' },
  netstat: { options: '-t -l -n -p -u -a' },
});
