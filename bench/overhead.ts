import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DEFAULT_MODEL } from '../src/config/models.ts';
import { bareFirstRequest, harnessFirstRequest } from './first-request.ts';
import { median, type Measures } from './measures.ts';

/**
 * Twelve independent work items by the harness against the bare loop, paired in one run. Only the
 * ratio of walls means anything on a noisy machine; the promise is at most 1.3.
 */
const ROUNDS = Number(process.argv[2] ?? '5');
const LIMIT = 1.3;

let missed = false;
for (const agents of [1, 4]) {
  const rounds = Array.from({ length: ROUNDS }, () => ({
    bare: measure('overhead-bare.ts', agents),
    harness: measure('overhead-harness.ts', agents),
  }));
  const of = (which: 'bare' | 'harness', key: keyof Measures): number =>
    median(rounds.map((round) => round[which][key]));
  const ratio = median(rounds.map((round) => round.harness.wallMs / round.bare.wallMs));
  missed ||= ratio > LIMIT;
  console.log(`\n${agents} agent${agents > 1 ? 's' : ''}, median of ${ROUNDS} pairs`);
  console.log('            wall s   CPU s  RSS MB  sent kB  first request B  gates CPU s  done');
  for (const which of ['bare', 'harness'] as const)
    console.log(
      [
        which.padEnd(9),
        (of(which, 'wallMs') / 1000).toFixed(1).padStart(8),
        of(which, 'cpuSeconds').toFixed(1).padStart(7),
        String(of(which, 'maxRssMb')).padStart(7),
        (of(which, 'sentBytes') / 1000).toFixed(0).padStart(8),
        String(of(which, 'firstRequestBytes')).padStart(16),
        of(which, 'gateCpuSeconds').toFixed(1).padStart(12),
        String(of(which, 'done')).padStart(5),
      ].join(' '),
    );
  console.log(
    `wall ratio ${ratio.toFixed(2)} (at most ${LIMIT}): ${ratio <= LIMIT ? 'kept' : 'MISSED'}`,
  );
}
await compareFirstRequests();
process.exitCode = missed ? 1 : 0;

/** Sizes don't vary, so once is enough. */
async function compareFirstRequests(): Promise<void> {
  console.log("\nfirst request of a coding session, bytes, the item's text left out");
  const ours = await harnessFirstRequest(DEFAULT_MODEL);
  missed ||= ours > 14_000;
  console.log(
    `${DEFAULT_MODEL}: ${ours} (at most 14000), bare ${await bareFirstRequest(DEFAULT_MODEL)}`,
  );
  const other = 'claude-sonnet-4-5';
  const above = (await harnessFirstRequest(other)) - (await bareFirstRequest(other));
  missed ||= above > 2000;
  console.log(`${other}: ${above} above bare (at most 2000)`);
}

function measure(script: string, agents: number): Measures {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const output = execFileSync(process.execPath, [path, String(agents)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}
