import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anArena, type Arena } from './arena.ts';
import { cloneWith } from './clone-with.ts';
import { eventually } from './eventually.ts';
import { examine, type Remains } from './examine.ts';
import { expectSound } from './expectations.ts';
import { heard } from './heard.ts';
import { hubOf } from './late-writes.ts';

/** A stop may take so long, and its record a little more. */
const STOP_MS = 10_000;

/** How the item's work was put away after this event, in the order in which it was told. */
function endingOf({ events }: Remains, key: string, after: number): readonly string[] {
  return events.flatMap(({ id, event }) => {
    if (id <= after) return [];
    if (event.type === 'run.status') return [`${event.type} ${event.status}`];
    if (event.type === 'work.rescued' && event.subject.item === key) return [event.type];
    if (event.type === 'attempt.ended' && event.subject.item === key)
      return [`${event.type} ${event.end.status}`];
    return [];
  });
}

/** Whether a rescue of this attempt gives the file back. */
async function isKept(arena: Arena, { run, attempts }: Remains, file: string): Promise<boolean> {
  const hub = await hubOf(arena, run.projectId);
  const last = attempts.findLast(({ itemKey }) => itemKey === 'ALPHA-1');
  const rescue = (await hub.listRescues()).find(({ attemptId }) => attemptId === last?.id);
  if (rescue === undefined) return false;
  const folder = join(arena.home, `rescue-${rescue.attemptId}`);
  await hub.restoreRescue(rescue.ref, folder);
  return existsSync(join(folder, file));
}

const FILE = 'src/alpha.js';

/** Interrupts a run in the middle of an item, and looks at what is left. */
async function interrupt(
  arena: Arena,
  words: readonly string[],
  signal: NodeJS.Signals,
): Promise<{ readonly exit: number | null; readonly ms: number; readonly after: number }> {
  const command = arena.start(...words, '--project-dir', arena.project);
  const { id: after } = await heard(command, 'session.started', 'ALPHA-1');
  await eventually(async () => cloneWith(arena, FILE));
  const asked = performance.now();
  command.child.kill(signal);
  const { exit } = await command.ended;
  return { exit, ms: performance.now() - asked, after };
}

test('I1 I6 I9 at SIGTERM and at SIGINT a run keeps its work, ends its boxes, says so in this order, and can be resumed', async () => {
  await using arena = await anArena('shared');
  const ways = [
    ['SIGTERM', 143, ['run', '--idea', 'three words', '--autonomy', 'full']],
    ['SIGINT', 130, ['resume']],
  ] as const;
  for (const [signal, status, words] of ways) {
    const { exit, ms, after } = await interrupt(arena, words, signal);
    expect(exit).toBe(status);
    expect(ms).toBeLessThan(STOP_MS);
    const stopped = await examine(arena);
    expect(stopped.run.status).toBe('stopped');
    expect(stopped.processes).toEqual([]);
    expect(endingOf(stopped, 'ALPHA-1', after)).toEqual([
      'run.status stopping',
      'work.rescued',
      'attempt.ended aborted',
      'run.status stopped',
    ]);
    expect(await isKept(arena, stopped, FILE)).toBe(true);
    expect(stopped.clones).toEqual([]);
    expect(stopped.items.map(({ failures }) => failures)).toEqual(stopped.items.map(() => 0));
  }
  expect((await arena.start('resume', '--project-dir', arena.project).ended).exit).toBe(0);
  expectSound(await examine(arena));
});
