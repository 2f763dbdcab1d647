import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { processEnvironment } from '../../src/config/variables.ts';
import type { HarnessEvent } from '../../src/domain/event.ts';
import { anArena, type Arena, type Ended } from './arena.ts';
import { cloneWith } from './clone-with.ts';
import { eventually } from './eventually.ts';
import { examine } from './examine.ts';
import { expectSound } from './expectations.ts';
import { gitIn } from './git-in.ts';
import { heard } from './heard.ts';
import { numbersOf } from './instants.ts';
import { struck, type Blow } from './struck-commands.ts';

const { CHAOS_SEED: seed = '1' } = processEnvironment();
const next = numbersOf(Number(seed));

/** A command sends about so many pieces from when it looks for its project on. */
const PIECES = 40;

/** One in the first half, where it looks mostly, and one in the second, where it writes. */
function byPiece(): readonly Blow[] {
  return [0, 1].map((half) => ({
    piece: 1 + Math.floor(((half + next()) * PIECES) / 2),
    when: next() < 0.5 ? ('unsent' as const) : ('unheard' as const),
  }));
}

/** For what goes on in folders rather than in the database. */
function byTime(): readonly Blow[] {
  return [0, 1, 2].map((third) => ({ afterMs: Math.round((third + next()) * 60) }));
}

let arena: Arena;
beforeAll(async () => {
  arena = await anArena('shared');
});
afterAll(() => arena[Symbol.asyncDispose]());

const here = (words: readonly string[]): readonly string[] => [
  ...words,
  '--project-dir',
  arena.project,
];

const say = (...words: readonly string[]): Promise<Ended> => arena.start(...here(words)).ended;

/** Commands that were killed, and where. */
const kills: string[] = [];

/** Says it once for each blow. */
async function strike(words: readonly string[], blows = byPiece()): Promise<void> {
  for (const blow of blows) {
    const { hit, sent } = await struck(arena, here(words), blow);
    if (hit) kills.push(`${nameOf(words)}: ${JSON.stringify(blow)}, ${sent} sent`);
  }
}

const nameOf = ([first = '', second = '']: readonly string[]): string =>
  first === 'items' ? second : first;

/** Kills the command at each blow, and says it once more then. */
async function insist(words: readonly string[], blows = byPiece()): Promise<Ended> {
  await strike(words, blows);
  return say(...words);
}

/** It was taken now, or by a process that did not live to say so. */
function expectTaken({ exit, stderr }: Ended, before: RegExp): void {
  if (exit === 0) return;
  expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringMatching(before) });
}

async function told<T extends HarnessEvent['type']>(
  type: T,
): Promise<readonly Extract<HarnessEvent, { type: T }>[]> {
  const { events } = await examine(arena);
  const ofType = (event: HarnessEvent): event is Extract<HarnessEvent, { type: T }> =>
    event.type === type;
  return events.map(({ event }) => event).filter(ofType);
}

/** Asked about the requirements, a person rejects them, then approves the next ones. */
async function answer(): Promise<void> {
  expect((await say('run', '--idea', 'three words')).exit).toBe(3);
  const rejected = await insist(['reject', 'ideation', '--reason', 'Say them louder']);
  expectTaken(rejected, /Nothing waits for an approval/u);
  expect(await told('approval.answered')).toMatchObject([
    { answer: 'rejected', reason: 'Say them louder' },
  ]);
  expect((await say('resume')).exit).toBe(3);
  expectTaken(await insist(['approve', 'ideation']), /Nothing waits for an approval/u);
  expect(await told('approval.answered')).toMatchObject([
    { answer: 'rejected' },
    { answer: 'approved' },
  ]);
}

/** Stops the run while agents are at work on items. */
async function stop(): Promise<void> {
  const working = arena.start(...here(['resume']));
  await heard(working, 'session.started', 'ALPHA-1');
  await eventually(async () => cloneWith(arena, 'src/alpha.js'));
  // It must not be over before the last word.
  working.child.kill('SIGSTOP');
  await strike(['stop']);
  working.child.kill('SIGCONT');
  expectTaken(await say('stop'), /nothing to stop/u);
  expect((await working.ended).exit).toBe(130);
  const statuses = (await told('run.status')).map(({ status }) => status);
  expect(statuses.slice(-2)).toEqual(['stopping', 'stopped']);
  expect(statuses.filter((status) => status === 'stopped')).toHaveLength(1);
}

/** Takes an item out and gives it back. */
async function edit(): Promise<void> {
  expectTaken(await insist(['items', 'skip', 'GAMMA-1', '--reason', 'later']), /never/u);
  expect((await told('item.blocked')).map(({ item }) => item)).toEqual(['GAMMA-1']);
  const before = (await told('item.returned')).length;
  expectTaken(await insist(['items', 'retry', 'GAMMA-1']), /never/u);
  expect((await told('item.returned')).slice(before)).toMatchObject([{ item: 'GAMMA-1' }]);
  const { items } = await examine(arena);
  expect(items.find(({ key }) => key === 'GAMMA-1')).toMatchObject({
    status: 'todo',
    reason: null,
  });
}

/** Brings into the person's folder what could not land for a file of theirs. */
async function land(): Promise<void> {
  const mine = join(arena.project, 'src/gamma.js');
  await writeFile(join(arena.project, 'src'), 'mine\n');
  const done = await say('resume');
  expect({ exit: done.exit, stderr: done.exit === 0 ? '' : done.stderr }).toEqual({
    exit: 0,
    stderr: '',
  });
  expect(existsSync(mine)).toBe(false);
  await rm(join(arena.project, 'src'));
  expect((await insist(['land'], byTime())).exit).toBe(0);
  expect(await readFile(mine, 'utf8')).toContain('gamma');
  const git = gitIn(join(arena.project, '.git'));
  expect(await git('--work-tree', arena.project, 'status', '--porcelain')).toBe('');
  expect(await git('rev-parse', 'HEAD^{tree}')).toBe((await examine(arena)).tree);
}

const Rescue = z.object({ ref: z.string(), item: z.string().nullable() });

/** Gets back what the stop interrupted; others may have been at work beside it. */
async function recover(): Promise<void> {
  const listed = (await say('recover')).stdout.trim().split('\n');
  const rescues = listed.map((line) => Rescue.parse(JSON.parse(line)));
  const { ref = '' } = rescues.find(({ item }) => item === 'ALPHA-1') ?? {};
  const half = join(dirname(arena.home), 'half');
  const again = await insist(['recover', ref, '--to', half], byTime());
  expect(again.exit === 0 ? '' : again.stderr).toMatch(/^$|is not empty; give a new folder/u);
  const whole = join(dirname(arena.home), 'whole');
  expect((await say('recover', ref, '--to', whole)).exit).toBe(0);
  expect(await readFile(join(whole, 'src/alpha.js'), 'utf8')).toContain('alpha');
}

const NAMES = new Set(['approve', 'land', 'recover', 'reject', 'retry', 'skip', 'stop']);

// About 60 s: some thirty commands, and a run of all phases.
test('I1 I6 I11 I12 whatever a command is killed at, said again it counts once, and the run goes on to its end', async ({
  annotate,
}) => {
  await answer();
  await stop();
  await edit();
  await land();
  await recover();
  expectSound(await examine(arena));
  for (const kill of kills) await annotate(kill);
  expect(new Set(kills.map((kill) => kill.split(':')[0]))).toEqual(NAMES);
});
