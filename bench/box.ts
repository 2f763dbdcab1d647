import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { promisify } from 'node:util';
import { aBox } from '../test/safety/a-box.ts';
import { aRig, type Sealing } from '../test/support/claude-rig.ts';
import { call, inTurn, say } from '../test/support/messages-server.ts';
import { median } from './measures.ts';

/**
 * What the box costs: a command in it against the same command without, and a session's time to its
 * first model request. Measured in turn, pair by pair, so that a busy machine slows both; what is
 * promised is the median of the differences.
 */
const COMMANDS = Number(process.argv[2] ?? '100');
const SESSIONS = Number(process.argv[3] ?? '10');
const COMMAND_LIMIT_MS = 20;
const START_LIMIT_MS = 300;

const run = promisify(execFile);

async function timed(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

async function commands(): Promise<readonly Pair[]> {
  await using place = await aBox();
  const sealed = (): Promise<unknown> => place.run('', { command: ['true'] });
  const bare = (): Promise<unknown> => run('/bin/true', [], { cwd: place.work, env: {} });
  await sealed();
  return await pairs(COMMANDS, { bare: () => timed(bare), sealed: () => timed(sealed) });
}

/** From the order to the first request that reaches the model, and one Bash call after it. */
async function session(sealing: Sealing): Promise<{ start: number; bash: number }> {
  const moments: number[] = [];
  const play = inTurn({ content: [call('Bash', { command: 'true' })] }, { content: [say('done')] });
  await using rig = await aRig(sealing, (ask) => {
    moments.push(performance.now());
    return play(ask);
  });
  const began = performance.now();
  const { end } = await rig.run(rig.order());
  const [first = Number.NaN, second = Number.NaN] = moments;
  if (end.status !== 'completed') throw new Error(JSON.stringify(end));
  return { start: first - began, bash: second - first };
}

interface Pair {
  readonly bare: number;
  readonly sealed: number;
}

async function pairs(
  count: number,
  measure: { readonly [key in keyof Pair]: () => Promise<number> },
): Promise<readonly Pair[]> {
  const found: Pair[] = [];
  for (let at = 0; at < count; at += 1)
    found.push({ bare: await measure.bare(), sealed: await measure.sealed() });
  return found;
}

function tell(what: string, found: readonly Pair[], limit: number): boolean {
  const of = (key: keyof Pair): string => median(found.map((pair) => pair[key])).toFixed(1);
  const cost = median(found.map(({ bare, sealed }) => sealed - bare));
  const kept = cost < limit;
  console.log(
    `${what.padEnd(24)} without ${of('bare').padStart(7)} ms  in the box ${of('sealed').padStart(7)} ms  cost ${cost.toFixed(1).padStart(6)} ms (under ${limit}): ${kept ? 'kept' : 'MISSED'}`,
  );
  return kept;
}

console.log(
  `load ${loadavg()[0]?.toFixed(1)}; medians of ${COMMANDS} commands, ${SESSIONS} sessions`,
);
const kept = [tell('a command', await commands(), COMMAND_LIMIT_MS)];
const rounds: { bare: Measured; sealed: Measured }[] = [];
type Measured = Awaited<ReturnType<typeof session>>;
for (let at = 0; at < SESSIONS; at += 1)
  rounds.push({ bare: await session('unsealed'), sealed: await session('sealed') });
const part = (key: keyof Measured): readonly Pair[] =>
  rounds.map(({ bare, sealed }) => ({ bare: bare[key], sealed: sealed[key] }));
kept.push(tell('start of a session', part('start'), START_LIMIT_MS));
kept.push(tell('a command of an agent', part('bash'), COMMAND_LIMIT_MS));
process.exitCode = kept.every(Boolean) ? 0 : 1;
