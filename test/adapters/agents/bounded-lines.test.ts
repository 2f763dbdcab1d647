import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import {
  withBoundedLines,
  type Streams,
} from '../../../src/adapters/agents/claude/bounded-lines.ts';

function started(script: string): ChildProcess & Streams {
  return spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
}

test('I8 a program that writes a line without end is killed before it fills the harness', async () => {
  const child = started('exec tr "\\0" x </dev/zero');
  const bounded = withBoundedLines(child, 1024 ** 2);
  const exited = once(child, 'exit');
  const got = await text(bounded.stdout);
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(got.length).toBeLessThanOrEqual(1024 ** 2);
});

test('long lines that end pass, however many there are', async () => {
  const child = started('for i in 1 2 3; do head -c 900000 /dev/zero | tr "\\0" x; echo; done');
  const bounded = withBoundedLines(child, 1024 ** 2);
  const got = await text(bounded.stdout);
  expect(got.split('\n').map(({ length }) => length)).toEqual([900_000, 900_000, 900_000, 0]);
});
