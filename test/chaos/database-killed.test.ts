import { expect, test } from 'vitest';
import { placeIn } from '../../src/adapters/store/server/place.ts';
import { readPidFile } from '../../src/adapters/store/server/postmaster.ts';
import { anArena, type Arena, type Command } from './arena.ts';
import { examine } from './examine.ts';
import { expectSound, inFlight, sessionsOf } from './expectations.ts';

/** Kills the embedded server, and nothing else, when an event is printed; tells that event's number. */
async function killServerAt(arena: Arena, command: Command, type: string): Promise<number> {
  const id = await new Promise<number>((resolve, reject) => {
    command.onLine((line) => {
      if (line.type === type) resolve(line.id);
    });
    command.ended.then(({ stderr }) => reject(new Error(`no ${type}: ${stderr}`)), reject);
  });
  const server = await readPidFile(placeIn(arena.home));
  if (server === null) throw new Error('no server');
  process.kill(server.pid, 'SIGKILL');
  return id;
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
