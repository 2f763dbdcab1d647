import type { ChildProcess } from 'node:child_process';
import type { Arena, Ended } from './arena.ts';
import { aDatabaseWire } from './database-wire.ts';

/** When a command is struck, counted from the moment when it looks for its project: before that it has done nothing. */
export type Blow =
  /** At this piece that it sends to the database. `unheard`: that carries it out, and the command never hears of it. */
  { readonly piece: number; readonly when: 'unsent' | 'unheard' } | { readonly afterMs: number };

/** How a command that was to be struck went. */
export interface Struck {
  /** False: it had ended before. */
  readonly hit: boolean;
  readonly end: Ended;
  /** Pieces that it sent. */
  readonly sent: number;
}

/** Names the table of projects, in the text of a query. */
const LOOKS = /"harness"\."project"/u;

/** Runs a command and kills it, and only it, at this blow. */
export async function struck(arena: Arena, words: readonly string[], blow: Blow): Promise<Struck> {
  let child: ChildProcess | undefined;
  let sent = 0;
  const strike = (): void => void child?.kill('SIGKILL');
  const reached = (when: 'unsent' | 'unheard'): boolean =>
    'piece' in blow && blow.when === when && sent >= blow.piece;
  await using wire = await aDatabaseWire(arena.databaseUrl ?? '', {
    asked(piece) {
      if (sent === 0 && !LOOKS.test(piece)) return 'pass';
      sent += 1;
      if (sent === 1 && 'afterMs' in blow) setTimeout(strike, blow.afterMs);
      return reached('unsent') ? hold(strike) : 'pass';
    },
    answered: () => (reached('unheard') ? hold(strike) : 'pass'),
  });
  const command = arena.startOn(wire.url, ...words);
  ({ child } = command);
  const end = await command.ended;
  return { hit: child.signalCode === 'SIGKILL', end, sent };
}

function hold(strike: () => void): 'keep' {
  strike();
  return 'keep';
}
