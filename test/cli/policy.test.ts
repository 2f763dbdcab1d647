import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtProgram } from '../support/built-program.ts';

let [program, folder] = ['', ''];

beforeAll(async () => {
  program = await builtProgram();
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
  await mkdir(join(folder, 'added'));
  await writeFile(
    join(folder, 'added/orchestrator.yaml'),
    'security: { extra_commands: [{ name: hugo, flags: [--minify] }] }\n',
  );
  await writeFile(join(folder, 'line.sh'), 'ls | ssh a\n');
});
afterAll(async () => rm(folder, { recursive: true }));

async function check(
  words: readonly string[],
  { input = '', cwd = folder } = {},
): Promise<{ readonly exit: unknown; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [program, 'policy', 'check', ...words], { cwd });
  child.stdin.end(input);
  const [out, err, [exit]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { exit, out, err };
}

test('R-142 an allowed command exits 0, a denied one 1 with its rule and what to do', async () => {
  expect(await check(['npm ci'])).toMatchObject({ exit: 0, out: 'allow\ncommands: npm\n' });
  const denied = await check(['timeout 5 hugo']);
  expect(denied.exit).toBe(1);
  expect(denied.out).toMatch(/^deny \(command\): `hugo` .*security\.extra_commands/u);
  expect(denied.out).toMatch(/^commands: timeout, hugo$/mu);
});

test('R-130 --stdin answers line by line, in order', async () => {
  const input = '{"command":"ls | grep a"}\n\n{"command":"rm -rf /"}\n';
  const { exit, out } = await check(['--stdin'], { input });
  const [first, second] = out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(exit).toBe(0);
  expect(first).toMatchObject({
    command: 'ls | grep a',
    decision: 'allow',
    commands: ['ls', 'grep'],
  });
  expect(second).toMatchObject({
    command: 'rm -rf /',
    decision: 'deny',
    rule: 'path',
    commands: ['rm'],
  });
});

test.each([
  [['--file', 'line.sh'], '', 1],
  [['-'], 'ls\n', 0],
  [['--profile', 'seed', 'echo a'], '', 1],
  [[], '', 2],
  [['ls', '--file', 'line.sh'], '', 2],
  [['--file', 'absent.sh'], '', 2],
  [['--stdin'], 'ls\n', 2],
  [['--profile', 'mine', 'ls'], '', 2],
] as const)('%j with %j exits %i', async (words, input, exit) =>
  expect(await check(words, { input })).toMatchObject({ exit }),
);

test('R-135 what the operator adds is allowed from then on', async () => {
  const cwd = join(folder, 'added');
  expect(await check(['hugo --minify'])).toMatchObject({ exit: 1 });
  expect(await check(['hugo --minify'], { cwd })).toMatchObject({ exit: 0 });
  expect(await check(['hugo server'], { cwd })).toMatchObject({ exit: 0 });
  expect(await check(['hugo --config=x'], { cwd })).toMatchObject({ exit: 1 });
});

test('what can never be added is a fault of the configuration', async () => {
  const cwd = join(folder, 'never');
  await mkdir(cwd);
  await writeFile(
    join(cwd, 'orchestrator.yaml'),
    'security: { extra_commands: [{ name: sudo }] }\n',
  );
  const { exit, err } = await check(['ls'], { cwd });
  expect(exit).toBe(2);
  expect(err).toMatch(/:1:38: security\.extra_commands\.0\.name is a command that can never/u);
});

test('a slow reader gets every line', async () => {
  const line = JSON.stringify({ command: `npm test ${'a'.repeat(200)}` });
  // A pipe holds 64 KB; the reader begins when everything has been written.
  const child = spawn('sh', [
    '-c',
    '"$@" | (sleep 2; cat)',
    'sh',
    process.execPath,
    program,
    'policy',
    'check',
    '--stdin',
  ]);
  child.stdin.end(`${line}\n`.repeat(1000));
  const [out] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(out.split('\n')).toHaveLength(1001);
});
