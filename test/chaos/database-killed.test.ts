import { expect, test } from 'vitest';
import { placeIn } from '../../src/adapters/store/server/place.ts';
import { readPidFile } from '../../src/adapters/store/server/postmaster.ts';
import { anArena, type Arena, type Command } from './arena.ts';
import { examine, type Remains } from './examine.ts';
import { expectSound, sessionsOf } from './expectations.ts';
import { heard } from './heard.ts';

/** Kills the embedded server, and nothing else, when an event is printed; tells that event's number. */
async function killServerAt(arena: Arena, command: Command, type: string): Promise<number> {
  const { id } = await heard(command, type);
  const server = await readPidFile(placeIn(arena.home));
  if (server === null) throw new Error('no server');
  process.kill(server.pid, 'SIGKILL');
  return id;
}

/** Attempts that had begun and not ended when this event was stored. */
function inFlight({ events }: Remains, after: number): number {
  const begun = new Set<string>();
  for (const { id, event } of events) {
    if (id > after) break;
    if (event.type === 'session.started') begun.add(event.subject.attempt);
    if (event.type === 'item.claimed') begun.add(event.attempt);
    if (event.type === 'attempt.ended') begun.delete(event.subject.attempt);
  }
  return begun.size;
}

test('I1 I2 I6 I10 I11 a run goes on by itself when its database server is killed, twice', async () => {
  await using arena = await anArena('embedded');
  const dir = ['--project-dir', arena.project];
  const run = arena.start('run', '--idea', 'three words', '--autonomy', 'full', ...dir);
  const first = await killServerAt(arena, run, 'session.started');
  const second = await killServerAt(arena, run, 'item.claimed');
  const { exit, stderr } = await run.ended;
  expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' });
  const remains = await examine(arena);
  expectSound(remains);
  // Four of ideation, one each of architecture, breakdown, set-up and testing, three items.
  const flying = inFlight(remains, first) + inFlight(remains, second);
  expect(sessionsOf(remains)).toBeLessThanOrEqual(11 + flying);
});
