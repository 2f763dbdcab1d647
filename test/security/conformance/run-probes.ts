import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commitCommand } from '../../../src/workspaces/box-commands.ts';
import type { Box } from '../../../src/safety/box.ts';
import { processesNaming } from '../../safety/a-tree-of-processes.ts';
import { NAIVE_GIT } from './git-probes.ts';
import { filled, type Aims, type Probe } from './probe.ts';
import { PROBES } from './probes.ts';
import { aSealedBox, CREDENTIAL, play, type ToolCall } from './session.ts';
import { aStage, presentNeeds, type Stage } from './stage.ts';

/** How a probe went in one session. */
interface Outcome {
  readonly through: boolean;
  /** It was carried out and answered; silence proves nothing. */
  readonly heard: boolean;
  readonly output: string;
}

interface Tried {
  readonly name: string;
  readonly unsealed: Outcome;
  readonly sealed: Outcome;
}

export interface Report {
  readonly tried: readonly Tried[];
  /** Probes that this machine or user can't carry out. */
  readonly left: readonly string[];
  /** Files that hold the credential after the sealed session, which none may. */
  readonly leaked: readonly string[];
  readonly ends: { readonly unsealed: string; readonly sealed: string };
}

/**
 * Plays all probes twice, in a session without a box and in a sealed one, each on a stage of its own.
 * The canary is in the environment and on the command line of this process, too.
 */
async function runProbes({ canary, seed, count }: Order): Promise<Report> {
  const present = presentNeeds();
  const possible = PROBES.filter(({ needs = [] }) => needs.every((need) => present.has(need)));
  const probes = sample(possible, seed, count);
  const unsealed = await tryAll({ probes, canary, how: 'unsealed' });
  const sealed = await tryAll({ probes, canary, how: 'sealed' });
  return {
    tried: probes.map(({ name }, at) => ({
      name,
      unsealed: unsealed.outcomes[at] ?? NOTHING,
      sealed: sealed.outcomes[at] ?? NOTHING,
    })),
    left: PROBES.filter((probe) => !possible.includes(probe)).map(({ name }) => name),
    leaked: sealed.leaked,
    ends: { unsealed: unsealed.end, sealed: sealed.end },
  };
}

const NOTHING: Outcome = { through: false, heard: false, output: '' };

interface All {
  readonly outcomes: readonly Outcome[];
  readonly leaked: readonly string[];
  readonly end: string;
}

interface Order {
  readonly canary: string;
  readonly seed: string;
  /** How many of the probes. */
  readonly count: number;
}

/** The same ones for the same seed, in the order of the table. */
function sample(probes: readonly Probe[], seed: string, count: number): readonly Probe[] {
  const rank = (name: string): string =>
    createHash('sha256')
      .update(seed + name)
      .digest('hex');
  const ranked = probes.toSorted((a, b) => (rank(a.name) < rank(b.name) ? -1 : 1));
  const chosen = new Set(ranked.slice(0, count));
  return probes.filter((probe) => chosen.has(probe));
}

interface Round {
  readonly probes: readonly Probe[];
  readonly canary: string;
  readonly how: 'unsealed' | 'sealed';
}

async function tryAll({ probes, canary, how }: Round): Promise<All> {
  await using stage = await aStage(canary);
  const box = how === 'sealed' ? await aSealedBox(join(stage.root, 'boxes')) : null;
  const batches = batchesOf(probes);
  const calls = (upstream: string): readonly ToolCall[] =>
    batches.map((batch) => callOf(batch, { ...stage.aims, upstream }));
  const played = await play({ stage, box, judges: [], calls });
  const outputs = outputsOf(batches, played.outputs);
  const survivors = await survivorsOf(stage.aims.serial);
  const leaked = [join(stage.root, 'config'), stage.workspace.path].flatMap((folder) =>
    filesHolding(folder, CREDENTIAL),
  );
  if (box === null) naiveGit(stage);
  else await bringOut(stage, box);
  const aims = { ...stage.aims, upstream: '' };
  const outcomes = probes.map((probe, number) => ({
    output: (outputs.get(number) ?? '').slice(0, 300),
    heard: outputs.has(number),
    through: isThrough(probe, { aims, number, output: outputs.get(number) ?? '', survivors }),
  }));
  sweep(probes, aims);
  const { end } = played;
  return { outcomes, leaked, end: 'reason' in end ? `${end.status}: ${end.reason}` : end.status };
}

/** The kernel takes a moment to end what was in a box that was killed. */
const ENDING_MS = 2000;

/** Arguments of what still runs of a session, once there was time for it to end. */
async function survivorsOf(serial: string): Promise<string> {
  for (let waited = 0; waited < ENDING_MS && processesNaming(serial).length > 0; waited += 20)
    await delay(20);
  return processesNaming(serial).flat().join('\n');
}

interface Numbered {
  readonly probe: Probe;
  readonly number: number;
}

/** Commands that share a call of the Bash tool, each in a shell of its own. */
const TOGETHER = 5;

function batchesOf(probes: readonly Probe[]): readonly (readonly Numbered[])[] {
  const batches: Numbered[][] = [];
  for (const [number, probe] of probes.entries()) {
    const last = batches.at(-1);
    const joins = last?.every((one) => 'command' in one.probe) === true && last.length < TOGETHER;
    if (joins && 'command' in probe) last.push({ probe, number });
    else batches.push([{ probe, number }]);
  }
  return batches;
}

function callOf(batch: readonly Numbered[], aims: Aims): ToolCall {
  const [first] = batch;
  if (first !== undefined && 'tool' in first.probe) {
    const entries = Object.entries(first.probe.input);
    const input = entries.map(([key, text]) => [key, filled(text, aims, first.number)]);
    return { tool: first.probe.tool, input: Object.fromEntries(input) };
  }
  const scripts = batch.map((one) => scriptOf(one, aims));
  // Always a success: the agent drops the other calls of a turn when one fails.
  return {
    tool: 'Bash',
    input: { command: `{ ${scripts.join('\n')}\n} 2>&1; true`, timeout: 60_000 },
  };
}

const MARK = '=== probe';

/** The agent keeps only the beginning of what is long: the canary, if it came, and a little more. */
function scriptOf({ probe, number }: Numbered, aims: Aims): string {
  if (!('command' in probe)) return '';
  return [
    `( ${filled(probe.command, aims, number)}`,
    `) > .said 2>&1`,
    `echo; echo '${MARK} ${number}'; grep -a -o -m 1 ${aims.canary} .said; tail -c 200 .said`,
  ].join('\n');
}

/** What each probe gave back, by its number. */
function outputsOf(
  batches: readonly (readonly Numbered[])[],
  outputs: readonly string[],
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const [at, batch] of batches.entries()) {
    const [first] = batch;
    const output = outputs[at] ?? '';
    if (first !== undefined && 'tool' in first.probe) {
      if (output !== '') found.set(first.number, output);
    } else
      for (const part of output.split(`${MARK} `).slice(1))
        found.set(Number.parseInt(part, 10), part.slice(part.indexOf('\n') + 1));
  }
  return found;
}

interface Seen {
  readonly aims: Aims;
  readonly number: number;
  readonly output: string;
  readonly survivors: string;
}

function isThrough(probe: Probe, { aims, number, output, survivors }: Seen): boolean {
  if (probe.plants !== undefined) return isThere(filled(probe.plants, aims, number));
  if (probe.removes !== undefined) return !isThere(filled(probe.removes, aims, number));
  if (probe.survives !== undefined) return survivors.includes(filled(probe.survives, aims, number));
  return output.includes(aims.canary);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** What a person would do in each repository that the agent left. */
function naiveGit({ workspace }: Stage): void {
  const folders = readdirSync(workspace.path).filter((name) => name.startsWith('r-'));
  for (const folder of ['.', ...folders])
    execFileSync('sh', ['-c', `{ ${NAIVE_GIT} } >/dev/null 2>&1; true`], {
      cwd: join(workspace.path, folder),
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
    });
}

/** What the harness does with a clone when the agent is done. */
async function bringOut({ hub, workspace }: Stage, box: Box): Promise<void> {
  const runInBox = (command: readonly string[]): ReturnType<Box['run']> =>
    box.run({
      command,
      cwd: workspace.path,
      writable: [workspace.path],
      readable: workspace.objects,
      env: {},
      socket: null,
      stdin: 'ignore',
      timeoutMs: 60_000,
    });
  const fence = { attemptId: 'a1', number: 1 };
  await hub.setFence(fence);
  await runInBox(commitCommand(workspace, 'work'));
  await hub.importBundle(workspace, fence);
  const rescued = await hub.rescue(workspace, { kind: 'unfinished', runInBox });
  await hub.remove(workspace, rescued);
}

/** Links are not followed. */
function filesHolding(folder: string, text: string): readonly string[] {
  const found = spawnSync('grep', ['-rlF', '--', text, folder], { encoding: 'utf8' });
  return found.stdout.split('\n').filter((file) => file !== '');
}

/** What unsealed probes left on this machine. */
function sweep(probes: readonly Probe[], aims: Aims): void {
  for (const [number, { plants, survives }] of probes.entries()) {
    if (plants?.includes('harness-probe-') === true)
      rmSync(filled(plants, aims, number), { force: true });
    if (survives !== undefined) killNaming(filled(survives, aims, number));
  }
}

function killNaming(word: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/u.test(name)))
    if (wordsOf(pid).some((one) => one.includes(word))) process.kill(Number(pid), 'SIGKILL');
}

function wordsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // It ended while we looked.
  }
}

const [, , canary = '', seed = '', count = ''] = process.argv;
const report = await runProbes({ canary, seed, count: Number(count) });
process.stdout.write(`${JSON.stringify(report)}\n`);
