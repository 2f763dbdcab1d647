import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { callFilter } from '../../src/safety/call-filter.ts';
import { REFUSED_BY_NAME } from '../../src/safety/system-calls.ts';
import { aBox, unsealable } from './a-box.ts';

const HEADERS = [
  '/usr/include/x86_64-linux-gnu/asm/unistd_64.h',
  '/usr/include/asm-generic/unistd.h',
];
const headless = HEADERS.some((path) => !existsSync(path)) ? "the kernel's headers" : undefined;

function defined(path: string): ReadonlyMap<string, number> {
  const lines = readFileSync(path, 'utf8').matchAll(/^#define __NR_(\w+)\s+(\d+)/gmu);
  return new Map(Array.from(lines, ([, name = '', number]) => [name, Number(number)]));
}

test.skipIf(headless)(
  `the numbers of refused calls are the kernel's (skipped without ${headless ?? ''})`,
  () => {
    const [x64, arm64] = HEADERS.map(defined);
    for (const [name, numbers] of Object.entries(REFUSED_BY_NAME))
      expect([name, ...numbers]).toEqual([name, x64?.get(name), arm64?.get(name) ?? null]);
  },
);

test.each(['x64', 'arm64'] as const)('the filter of %s is one that the kernel takes', (name) => {
  const filter = callFilter(name) ?? Buffer.alloc(0);
  expect(filter.length % 8).toBe(0);
  expect(filter.length / 8).toBeLessThan(255);
  // Every path ends in an answer, and the last instruction is one.
  for (let at = 0; at < filter.length; at += 8) {
    const left = filter.length / 8 - at / 8 - 1;
    const [then, otherwise] = [filter.readUInt8(at + 2), filter.readUInt8(at + 3)];
    expect(Math.max(then, otherwise)).toBeLessThan(Math.max(left, 1));
  }
  expect(filter.readUInt16LE(filter.length - 8)).toBe(0x06);
});

test('there is none for processors that nobody has looked at', () =>
  expect(callFilter('riscv64')).toBeNull());

/** Asks the kernel for each, and tells its answer: the number of the error, 0 when it was given. */
const ASK = (calls: readonly string[]): string =>
  `perl -e 'for (@ARGV) { my @w = map { $_ + 0 } split /,/; my $n = shift @w; my $r = $n eq 41 ? syscall(41, @w) : syscall($n, @w ? @w : 0); print "$r:", $r < 0 ? $! + 0 : 0, "\\n" }' ${calls.join(' ')}`;

const here = process.arch === 'x64' && existsSync('/usr/bin/perl') ? unsealable : 'perl on x64';

async function answers(calls: readonly string[]): Promise<readonly number[]> {
  await using place = await aBox();
  const { output } = await place.run(ASK(calls));
  return output
    .trim()
    .split('\n')
    .map((line) => Number(line.split(':')[1]));
}

test.skipIf(here)(
  `I8 the kernel knows none of the refused calls in a box (skipped without ${here ?? ''})`,
  async () => {
    const calls = Object.values(REFUSED_BY_NAME).map(([number]) => String(number));
    expect(await answers(calls)).toEqual(calls.map(() => 38));
    // The second convention of calls of this processor, by which a filter of numbers is passed by.
    expect(await answers([String(0x4000_0000 + 39)])).toEqual([38]);
  },
);

test.skipIf(here)(
  `I8 a box has the sockets that programs need, and no others (skipped without ${here ?? ''})`,
  async () => {
    const [unix, inet, inet6, netlink] = [1, 2, 10, 16];
    const given = [
      [unix, 1, 0],
      [inet, 1, 0],
      [inet, 1, 6],
      [inet6, 2, 17],
      [netlink, 3, 0],
    ];
    expect(await answers(given.map((one) => `41,${one.join()}`))).toEqual(given.map(() => 0));
    const families = [3, 5, 9, 15, 17, 21, 29, 30, 31, 38, 40, 41, 42, 43, 44];
    expect(await answers(families.map((family) => `41,${family},1,0`))).toEqual(
      families.map(() => 97),
    );
    const odd = [
      [inet, 5, 0],
      [inet, 6, 0],
      [inet, 1, 132],
      [inet, 1, 262],
      [netlink, 3, 12],
      [netlink, 3, 16],
    ];
    expect(await answers(odd.map((one) => `41,${one.join()}`))).toEqual(odd.map(() => 93));
  },
);

test.skipIf(here)(
  `I8 no namespace is made in a box, by any flag (skipped without ${here ?? ''})`,
  async () => {
    const flags = [
      0x80, 0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
    ];
    expect(await answers(flags.map((flag) => `272,${flag}`))).toEqual(flags.map(() => 1));
    expect(await answers(flags.map((flag) => `56,${flag},0`))).toEqual(flags.map(() => 1));
  },
);

test.skipIf(unsealable)(
  `threads, children and descriptors work as ever in a box (skipped without ${unsealable ?? ''})`,
  async () => {
    await using place = await aBox();
    const script =
      'node -e \'const { Worker } = require("node:worker_threads"); new Worker("1", { eval: true }).on("exit", (code) => console.log("thread", code)); console.log(require("node:os").networkInterfaces().lo.length > 0, require("node:child_process").execSync("echo child").toString().trim())\'; ls -l /proc/self/fd';
    const { output } = await place.run(script);
    expect(output).toContain('true child');
    expect(output).toContain('thread 0');
    expect(output).toMatch(/ 1 -> /u);
    // The filter's own file is closed by then.
    expect(output).not.toContain('calls.bpf');
  },
);
