import type { Arena, Command, Ended, Line } from './arena.ts';

export interface Killing {
  /** True once the moment is there, from everything printed so far and from the home's folders. */
  readonly when: (seen: readonly Line[], home: string) => boolean;
  /** Milliseconds after it. */
  readonly delayMs: number;
  readonly name: string;
}

interface Kill {
  readonly name: string;
  /** Number of the last event that had been printed. */
  readonly after: number;
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
  const dir = ['--project-dir', arena.project];
  for (let turn = 0; turn < killings.length + SPARE; turn += 1) {
    const known = seen.some(({ type }) => type === 'run.created');
    const words = known ? ['resume', ...dir] : ['run', '--idea', 'three words', ...dir];
    const command = arena.start(...words);
    command.onLine((line) => seen.push(line));
    const killed = killAt(arena.home, { command, seen, killing: left[0] });
    const end = await command.ended;
    if (killed()) {
      kills.push({ name: left[0]?.name ?? '', after: seen.at(-1)?.id ?? 0 });
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

/** Kills the process, and only it, at the moment; tells whether it came to that. */
function killAt(home: string, { command, seen, killing }: Watched): () => boolean {
  const { child } = command;
  const kill = (): void => void child.kill('SIGKILL');
  const timer = setInterval(() => {
    if (killing?.when(seen, home) !== true) return;
    clearInterval(timer);
    setTimeout(kill, killing.delayMs);
  }, LOOK_MS);
  child.once('exit', () => clearInterval(timer));
  return () => child.signalCode === 'SIGKILL';
}

function unexpected(words: readonly string[], end: Ended): Error {
  return new Error(`${words[0] ?? ''} ended with ${String(end.exit)}: ${end.stderr.slice(-4000)}`);
}
