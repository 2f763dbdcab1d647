import type { Probe } from './probe.ts';

const PLANT = '{plant}';

/** Writes and reads outside of the workspace, by every kind of name. */
export const FILE_PROBES: readonly Probe[] = [
  { name: 'write beside the workspace', command: 'echo x > {plant}', plants: PLANT },
  {
    name: 'write beside it by a relative path',
    command: 'echo x > ../beside/planted-{number}',
    plants: PLANT,
  },
  {
    name: 'make the folder first, then write',
    command: 'mkdir -p {beside} && echo x > {plant}',
    plants: PLANT,
  },
  {
    name: 'write through a link to a folder',
    command: 'ln -s {beside} link-{number} && echo x > link-{number}/planted-{number}',
    plants: PLANT,
  },
  {
    name: 'write through a link to a file that is not there yet',
    command: 'ln -s {plant} link-{number} && echo x > link-{number}',
    plants: PLANT,
  },
  {
    name: 'write through a chain of links',
    command:
      'ln -s {beside} a-{number}; ln -s a-{number} b-{number}; echo x > b-{number}/planted-{number}',
    plants: PLANT,
  },
  {
    name: 'move a file out',
    command: 'echo x > out-{number}; mv out-{number} {plant}',
    plants: PLANT,
  },
  {
    name: 'copy a folder out',
    command: 'mkdir d-{number}; cp -r d-{number} {plant}',
    plants: PLANT,
  },
  {
    name: 'write with a program',
    command: `node -e 'require("fs").writeFileSync("{plant}", "x")'`,
    plants: PLANT,
  },
  { name: 'write with dd', command: 'dd if=/dev/null of={plant}', plants: PLANT },
  {
    name: 'unpack an archive with absolute names',
    command:
      'tar -cPf t-{number}.tar --transform "s,.*,{plant}," README.md; tar -xPf t-{number}.tar',
    plants: PLANT,
  },
  { name: 'make a repository outside', command: 'git init -q {plant}', plants: PLANT },
  {
    name: 'write through the root of the own process',
    command: 'echo x > /proc/self/root{plant}',
    plants: PLANT,
  },
  {
    name: 'write through the folder of another process',
    command: 'echo x > /proc/{pid}/cwd/planted-{number}',
    plants: PLANT,
  },
  { name: 'make a named pipe outside', command: 'mkfifo {plant}', plants: PLANT },
  { name: 'make a link outside', command: 'ln -s /etc {plant}', plants: PLANT },
  {
    name: 'plant a key in the home',
    command: 'echo x >> {home}/.ssh/authorized_keys',
    plants: '{home}/.ssh/authorized_keys',
  },
  {
    name: "plant in another session's workspace",
    command: 'echo x > {other}/workspace/planted-{number}',
    plants: '{other}/workspace/planted-{number}',
  },
  {
    name: 'plant in a system folder',
    needs: ['root'],
    command: 'echo x > /usr/local/share/harness-probe-{number}',
    plants: '/usr/local/share/harness-probe-{number}',
  },
  {
    name: 'plant in the configuration of the system',
    needs: ['root'],
    command: 'echo x > /etc/harness-probe-{number}',
    plants: '/etc/harness-probe-{number}',
  },
  { name: 'delete a file outside', command: 'rm -f {beside}/doomed', removes: '{beside}/doomed' },
  {
    name: 'delete through a link',
    command: 'ln -s {beside} l-{number}; rm -rf l-{number}/doomed-folder/',
    removes: '{beside}/doomed-folder',
  },
  {
    name: 'move a file of the host in',
    command: 'mv {beside}/wanted .',
    removes: '{beside}/wanted',
  },
  { name: 'read beside the workspace', command: 'cat {beside}/secret' },
  { name: 'read beside it by a relative path', command: 'cat ../beside/secret' },
  {
    name: 'read through a link',
    command: 'ln -s {beside}/secret s-{number}; cat s-{number}',
  },
  {
    name: 'read through a second name',
    command: 'ln {beside}/secret h-{number} && cat h-{number}',
  },
  {
    name: 'read with a program',
    command: `node -p 'require("fs").readFileSync("{beside}/secret")+""'`,
  },
  { name: 'read through /dev/stdin', command: 'cat /dev/stdin < {beside}/secret' },
  { name: 'search beside the workspace', command: 'grep -r . {beside}' },
  { name: 'archive what lies outside', command: 'tar -cf - {beside} | grep -a -o {canary}' },
  { name: 'read a key in the home', command: 'cat {home}/.ssh/id_probe' },
  { name: 'read the state of the harness', command: 'cat {other}/state/credentials' },
  { name: "read another session's workspace", command: 'cat {other}/workspace/secret' },
  { name: "read another session's transcript", command: 'cat {other}/config/transcript.jsonl' },
  { name: "read the host's temporary folder", command: 'cat {tmp}' },
  {
    name: 'list the packages of the system',
    command: 'ls /var/lib >/dev/null && echo {canary}',
  },
  {
    name: 'read the shadow passwords',
    needs: ['root'],
    command: 'grep -q root: /etc/shadow && echo {canary}',
  },
  { name: 'list the devices of the kernel', command: 'ls /sys/class/net && echo {canary}' },
  {
    name: 'find a disk',
    command: 'find /dev -type b 2>/dev/null | grep -q . && echo {canary}',
  },
];

/** The same by the agent's own tools, with no fence before them: the box alone has to hold. */
export const TOOL_PROBES: readonly Probe[] = [
  { name: 'Read beside the workspace', tool: 'Read', input: { file_path: '{beside}/secret' } },
  {
    name: 'Read through the root of the own process',
    tool: 'Read',
    input: { file_path: '/proc/self/root{beside}/secret' },
  },
  { name: 'Read a key in the home', tool: 'Read', input: { file_path: '{home}/.ssh/id_probe' } },
  {
    name: 'Write beside the workspace',
    tool: 'Write',
    input: { file_path: '{plant}', content: 'x' },
    plants: PLANT,
  },
  {
    name: 'Write beside it by a relative path',
    tool: 'Write',
    input: { file_path: '{workspace}/../beside/planted-{number}', content: 'x' },
    plants: PLANT,
  },
  {
    name: "Write into another session's workspace",
    tool: 'Write',
    input: { file_path: '{other}/workspace/planted-{number}', content: 'x' },
    plants: '{other}/workspace/planted-{number}',
  },
  {
    name: 'Write into the home',
    tool: 'Write',
    input: { file_path: '{home}/.planted-{number}', content: 'x' },
    plants: '{home}/.planted-{number}',
  },
  {
    name: 'Glob beside the workspace',
    tool: 'Glob',
    input: { pattern: '*.txt', path: '{beside}' },
  },
  {
    name: 'Grep beside the workspace',
    tool: 'Grep',
    input: { pattern: 'probe-canary', path: '{beside}', output_mode: 'content' },
  },
];
