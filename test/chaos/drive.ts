import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Arena, Command, Ended, Line } from './arena.ts';
import { lookAtDeath, type Death } from './death.ts';
import { holdUntold, type Release } from './untold.ts';

export interface Killing {
  /** True once the moment is there, from everything printed so far and from the home's folders. */
  readonly when: (seen: readonly Line[], home: string) => boolean;
  /** Then it is waited for main to move, and nobody can tell of it any more. */
  readonly untold: boolean;
  /** Milliseconds after it. */
  readonly delayMs: number;
  /** Where the blow has to have found the run. */
  readonly where: (death: Death) => boolean;
  readonly name: string;
}

export interface Kill {
  readonly name: string;
  /** The blow fell where it was meant to. */
  readonly met: boolean;
  readonly death: Death;
}

export interface Driven {
  readonly kills: readonly Kill[];
  /** Instants that were not reached before the run's end. */
  readonly missed: readonly string[];
}

/** Most processes that a run may take: one for each kill, approval and end, and some to spare. */
const SPARE = 4;

/**
 * Carries a run from its start to its end as a person would: starts it, resumes it after each kill
 * -9, and says yes to whatever it asks. Throws when a process ends in any other way.
 */
export async function drive(arena: Arena, killings: readonly Killing[] = []): Promise<Driven> {
  const seen: Line[] = [];
  const kills: Kill[] = [];
  const left = [...killings];
  for (let turn = 0; turn < killings.length + SPARE; turn += 1) {
    const known = seen.some(({ type }) => type === 'run.created');
    const words = known ? arena.words.goOn : arena.words.begin;
    const command = arena.start(...words);
    command.onLine((line) => seen.push(line));
    const killed = strike(arena, { command, seen, killing: left[0] });
    const end = await command.ended;
    const struck = await killed;
    if (struck !== undefined) {
      const death = await lookAtDeath(arena);
      kills.push({ name: struck.name, met: struck.where(death), death });
      left.shift();
    } else if (end.exit === 0) return { kills, missed: left.map(({ name }) => name) };
    else await consent(arena, words, end);
  }
  throw new Error(`the run did not end: ${JSON.stringify(seen.slice(-5))}`);
}

/** Says yes when a process ended because it asked; throws when it ended for anything else. */
async function consent(arena: Arena, words: readonly string[], end: Ended): Promise<void> {
  if (end.exit !== 3) throw unexpected(words, end);
  const order = ['approve', '--project-dir', arena.project];
  const approved = await arena.start(...order).ended;
  if (approved.exit !== 0) throw unexpected(order, approved);
}

interface Watched {
  readonly command: Command;
  readonly seen: readonly Line[];
  readonly killing: Killing | undefined;
}

/** How often folders are looked at: what is hit between two steps is that much too late at most. */
const LOOK_MS = 4;

/** Kills the process, and only it, at the moment; tells it if it came to that. */
async function strike(arena: Arena, watched: Watched): Promise<Killing | undefined> {
  const { child } = watched.command;
  const { killing } = watched;
  const exited = once(child, 'exit');
  const over = new AbortController();
  void exited.then(() => over.abort());
  if (killing === undefined) return undefined;
  const release = await moment(arena, { ...watched, killing }, over.signal);
  if (release === undefined) return undefined;
  await pause(killing.delayMs);
  child.kill('SIGKILL');
  await exited;
  await release();
  return child.signalCode === 'SIGKILL' ? killing : undefined;
}

/** Resolves at the moment; undefined when the process ended before. */
async function moment(
  arena: Arena,
  { seen, killing }: Watched & { readonly killing: Killing },
  over: AbortSignal,
): Promise<Release | undefined> {
  for (; !over.aborted; await pause(LOOK_MS)) {
    if (!killing.when(seen, arena.home)) continue;
    if (!killing.untold) return async () => undefined;
    const release = await holdUntold(arena.databaseUrl ?? '', arena.home);
    if (release !== undefined) return release;
  }
  return undefined;
}

function unexpected(words: readonly string[], end: Ended): Error {
  return new Error(`${words[0] ?? ''} ended with ${String(end.exit)}: ${end.stderr.slice(-4000)}`);
}
