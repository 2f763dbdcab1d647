import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from './measures.ts';

/**
 * How long quick readers take, in seconds, beside a Node that does nothing: once while a rehearsal keeps
 * the machine busy, once when nothing else goes on. The built program is measured: `npm run build`
 * first. The promises, each for the median of 10 on two cores: on an otherwise quiet machine `--help` within
 * 150 ms and `status` within 400 ms; `status` within 500 ms while a rehearsal works.
 */
const CALLS = Number(process.argv[2] ?? '10');
const BIN = fileURLToPath(new URL('../dist/cli/bin.js', import.meta.url));

interface Block {
  readonly title: string;
  readonly readers: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  /** Whether the machine is still as the title says. */
  readonly stands: () => boolean;
}

const folder = await mkdtemp(join(tmpdir(), 'harness-bench-'));
const env = {
  HOME: folder,
  HARNESS_HOME: join(folder, 'home'),
  PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
};
const words = [BIN, 'run', '--rehearse', '--no-interactive'];
const rehearsal = spawn(process.execPath, words, {
  cwd: folder,
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(rehearsal, 'exit');
try {
  await heard(/initialize: completed/u);
  await measure({
    title: 'while a rehearsal works',
    readers: [
      '--help',
      'status --json',
      'why --json',
      'items --json',
      'cost --json',
      'events --json',
    ],
    limits: { 'status --json': 0.5 },
    stands: () => rehearsal.exitCode === null,
  });
  rehearsal.kill('SIGTERM');
  await ended;
  await measure({
    title: 'quiet',
    readers: ['--help', 'status --json'],
    limits: { '--help': 0.15, 'status --json': 0.4 },
    stands: () => true,
  });
} finally {
  rehearsal.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
}

async function measure({ title, readers, limits, stands }: Block): Promise<void> {
  const times = new Map<string, number[]>();
  for (let call = 0; call < CALLS && stands(); call += 1)
    for (const [name, args] of [
      ['(node -e 0)', ['-e', '0']] as const,
      ...readers.map((reader) => [reader, [BIN, ...reader.split(' ')]] as const),
    ])
      times.set(name, [...(times.get(name) ?? []), await seconds(args)]);
  report(title, times, limits);
}

async function heard(pattern: RegExp): Promise<void> {
  let said = '';
  await new Promise<void>((resolve) => {
    // Never taken away: a rehearsal that nobody listens to would end.
    rehearsal.stdout.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
      if (pattern.test(said)) resolve();
    });
    rehearsal.once('exit', resolve);
  });
}

async function seconds(args: readonly string[]): Promise<number> {
  const began = performance.now();
  await promisify(execFile)(process.execPath, [...args], { cwd: folder, env, maxBuffer: 1e8 });
  return (performance.now() - began) / 1000;
}

function report(
  title: string,
  times: ReadonlyMap<string, readonly number[]>,
  limits: Block['limits'],
): void {
  console.log(`${title.padEnd(24)}   calls  median s   p90 s   limit`);
  for (const [name, all] of times) {
    const p90 = all.toSorted((a, b) => a - b)[Math.ceil(all.length * 0.9) - 1] ?? 0;
    console.log(
      [
        name.padEnd(24),
        String(all.length).padStart(7),
        median(all).toFixed(3).padStart(9),
        p90.toFixed(3).padStart(7),
        verdict(limits[name], median(all)),
      ].join(' '),
    );
  }
}

function verdict(limit: number | undefined, typical: number): string {
  if (limit === undefined) return '      -';
  const kept = typical < limit;
  if (!kept) process.exitCode = 1;
  return `${limit.toFixed(2).padStart(7)} ${kept ? 'kept' : 'MISSED'}`;
}
