import { asking } from './system-calls.ts';
import type { Probe } from './probe.ts';

/** Other processes, the kernel, and what privileges would allow. */
export const PROCESS_PROBES: readonly Probe[] = [
  { name: "read a process's environment", command: 'tr "\\0" "\\n" < /proc/{pid}/environ' },
  { name: "read a process's arguments", command: 'tr "\\0" " " < /proc/{pid}/cmdline' },
  {
    name: 'search all environments',
    command: 'cat /proc/[0-9]*/environ 2>/dev/null | grep -a -o {canary} | head -n 1',
  },
  {
    name: 'search all arguments',
    command:
      'for f in /proc/[0-9]*/cmdline; do [ $f = /proc/$$/cmdline ] || grep -a -q "^probe-canary" $f && head -c 64 $f; done',
  },
  { name: "read the harness's environment", command: 'tr "\\0" "\\n" < /proc/{harness}/environ' },
  { name: "read a process's folder", command: 'cat /proc/{pid}/cwd/secret' },
  { name: "read by a process's root", command: 'cat /proc/{pid}/root{beside}/secret' },
  { name: "open a process's memory", command: ': < /proc/{pid}/mem && echo {canary}' },
  { name: 'signal a process of the host', command: 'kill -0 {pid} && echo {canary}' },
  { name: 'signal the harness', command: 'kill -0 {harness} && echo {canary}' },
  {
    name: 'attach to a process as a debugger',
    needs: ['perl', 'x64'],
    command: `perl -e 'exit(syscall(101, 16, {pid}, 0, 0) == 0 ? 0 : 1)' && echo {canary}`,
  },
  {
    name: 'get a handle on a process',
    needs: ['perl', 'x64'],
    command: `perl -e 'exit(syscall(434, {pid}, 0) >= 0 ? 0 : 1)' && echo {canary}`,
  },
  {
    name: "change a process's limits",
    command: 'prlimit --pid {pid} --core=0:0 && echo {canary}',
  },
  {
    name: 'leave a process behind',
    command: `setsid nohup sleep 61.{serial} >/dev/null 2>&1 & sleep 0.2`,
    survives: '61.{serial}',
  },
  {
    name: 'leave a service behind that starts itself again',
    command: `(setsid sh -c 'for i in 1 2 3; do sleep 62.{serial}; done' </dev/null >/dev/null 2>&1 &) ; sleep 0.2`,
    survives: '62.{serial}',
  },
  {
    name: 'open the core pattern',
    needs: ['root'],
    command: 'exec 3<>/proc/sys/kernel/core_pattern && echo {canary}',
  },
  {
    name: 'open the panic switch',
    needs: ['root'],
    command: 'exec 3<>/proc/sys/kernel/panic && echo {canary}',
  },
  {
    name: 'open the magic key',
    needs: ['root', 'sysrq'],
    command: 'exec 3>/proc/sysrq-trigger && echo {canary}',
  },
  {
    name: "change the kernel's settings of the network",
    needs: ['root'],
    command: 'exec 3<>/proc/sys/net/ipv4/ip_forward && echo {canary}',
  },
  {
    name: 'make a user namespace',
    needs: ['usernamespaces'],
    command: 'unshare -Ur true && echo {canary}',
  },
  {
    name: 'mount in a user namespace',
    needs: ['usernamespaces'],
    command: 'unshare -Urm sh -c "mount -t tmpfs none /mnt" && echo {canary}',
  },
  {
    name: 'make a network namespace',
    needs: ['usernamespaces'],
    command: 'unshare -Urn true && echo {canary}',
  },
  {
    name: 'make a box inside the box',
    needs: ['usernamespaces'],
    command: 'bwrap --ro-bind / / --unshare-user true && echo {canary}',
  },
  {
    name: 'enter the namespaces of the host',
    needs: ['root'],
    command: 'nsenter -t {pid} -m -n true && echo {canary}',
  },
  {
    name: 'mount',
    needs: ['root'],
    command: 'mkdir m-{number}; mount -t tmpfs none m-{number} && echo {canary}; umount m-{number}',
  },
  {
    name: 'mount the processes anew',
    needs: ['root'],
    command: 'mkdir p-{number}; mount -t proc none p-{number} && echo {canary}; umount p-{number}',
  },
  { name: 'change the root', needs: ['root'], command: '/usr/sbin/chroot / true && echo {canary}' },
  {
    name: 'make a device',
    needs: ['root'],
    command: 'mknod dev-{number} b 7 0 && echo {canary}; rm -f dev-{number}',
  },
  {
    name: 'become another user',
    needs: ['root'],
    command: 'setpriv --reuid=65534 --clear-groups true && echo {canary}',
  },
  {
    name: 'give a file away',
    needs: ['root'],
    command: ': > g-{number}; chown 65534 g-{number} && echo {canary}',
  },
  {
    name: 'rename the machine',
    needs: ['root'],
    command: 'hostname "$(hostname)" && echo {canary}',
  },
  {
    name: 'go before all others',
    needs: ['root'],
    command: '[ "$(nice -n -5 nice)" = -5 ] && echo {canary}',
  },
  {
    name: "look through the pages of the machine's memory",
    needs: ['root', 'pages'],
    command: 'head -c 8 /proc/kpageflags >/dev/null && echo {canary}',
  },
  {
    name: "read the timers of the machine's processes",
    needs: ['root', 'timers'],
    command: 'grep -q . /proc/timer_list && echo {canary}',
  },
  {
    name: "open the kernel's ring of keys",
    needs: ['keyctl'],
    command: `${asking('keyctl')} && echo {canary}`,
  },
  {
    name: "answer the kernel's page faults",
    needs: ['userfaultfd'],
    command: `${asking('userfaultfd')} && echo {canary}`,
  },
  {
    name: 'watch whole file systems',
    needs: ['fanotify'],
    command: `${asking('fanotify')} && echo {canary}`,
  },
  {
    name: 'a socket to the host of a virtual machine',
    needs: ['vsock'],
    command: `${asking('vsock')} && echo {canary}`,
  },
  {
    name: "a socket to the kernel's services",
    needs: ['generic'],
    command: `${asking('generic')} && echo {canary}`,
  },
  {
    name: 'learn the name of the machine',
    command: '[ "$(hostname)" = "{hostname}" ] && echo {canary}',
  },
];

/** What a box may use up. The limits of the probing box are small, so that a try is cheap. */
export const LIMIT_PROBES: readonly Probe[] = [
  {
    name: 'start 600 processes',
    needs: ['perl'],
    command: `perl -e 'my @k; for (1..600) { my $p = fork; last unless defined $p; if (!$p) { sleep 5; exit } push @k, $p } print "{canary}\\n" if @k == 600; kill 9, @k'`,
  },
  {
    name: 'take 1.5 GB of memory',
    command: `{ node -e 'const b = []; for (let i = 0; i < 15; i++) b.push(Buffer.alloc(1e8, 1)); console.log("{canary}")'; true; } 2>/dev/null`,
  },
  {
    name: 'write a file of 60 MB',
    command: 'head -c 60M /dev/zero > big-{number} && echo {canary}; rm -f big-{number}',
  },
  {
    name: 'fill the temporary folder',
    command:
      'head -c 40M /dev/zero > /tmp/fill-{number} && echo {canary}; rm -f /tmp/fill-{number}',
  },
  {
    name: 'fill the home folder',
    command:
      '[ -w "$HOME" ] || HOME={home}; head -c 40M /dev/zero > "$HOME/fill" && echo {canary}; rm -f "$HOME/fill"',
  },
  {
    name: 'fill the shared memory',
    command:
      'head -c 24M /dev/zero > /dev/shm/fill-{number} && echo {canary}; rm -f /dev/shm/fill-{number}',
  },
  {
    name: 'open 1500 files',
    command: `node -e 'for (let i = 0; i < 1500; i++) require("fs").openSync("/dev/null"); console.log("{canary}")'`,
  },
  { name: 'lift the limit of files', command: 'ulimit -f unlimited && echo {canary}' },
  { name: 'dump core', command: 'ulimit -c unlimited && echo {canary}' },
];
