import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anArena, type Arena } from './arena.ts';
import { eventually } from './eventually.ts';
import { examine, type Remains } from './examine.ts';
import { expectSound } from './expectations.ts';
import { heard } from './heard.ts';
import { hubOf } from './late-writes.ts';

/** A stop may take so long, and its record a little more. */
const STOP_MS = 10_000;

/** The clone in which this file was written but not handed in. */
function cloneWith(arena: Arena, file: string): string | undefined {
  const projects = join(arena.home, 'projects');
  const clones = readdirSync(projects).flatMap((id) =>
    readdirSync(join(projects, id, 'clones')).map((name) => join(projects, id, 'clones', name)),
  );
  return clones.find((clone) => existsSync(join(clone, file)));
}

/** How the item's work was put away, in the order in which it was told. */
function endingOf({ events }: Remains, key: string): readonly string[] {
  return events.flatMap(({ event }) => {
    if (event.type === 'run.status') return [`${event.type} ${event.status}`];
    if (event.type === 'work.rescued' && event.subject.item === key) return [event.type];
    if (event.type === 'attempt.ended' && event.subject.item === key)
      return [`${event.type} ${event.end.status}`];
    return [];
  });
}

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'I1 I6 I9 at %s a run keeps its work, ends its boxes, says so in this order, and can be resumed',
  async (signal, exit) => {
    await using arena = await anArena('shared');
    const dir = ['--project-dir', arena.project];
    const run = arena.start('run', '--idea', 'three words', '--autonomy', 'full', ...dir);
    await heard(run, 'session.started', 'ALPHA-1');
    await eventually(async () => cloneWith(arena, 'src/alpha.js'));
    const asked = performance.now();
    run.child.kill(signal);
    expect((await run.ended).exit).toBe(exit);
    expect(performance.now() - asked).toBeLessThan(STOP_MS);

    const stopped = await examine(arena);
    expect(stopped.run.status).toBe('stopped');
    expect(stopped.processes).toEqual([]);
    expect(stopped.clones).toEqual([]);
    expect(endingOf(stopped, 'ALPHA-1')).toEqual([
      'run.status running',
      'run.status stopping',
      'work.rescued',
      'attempt.ended aborted',
      'run.status stopped',
    ]);
    expect(stopped.items.map(({ failures }) => failures)).toEqual(stopped.items.map(() => 0));
    const hub = await hubOf(arena, stopped.run.projectId);
    const rescues = await hub.listRescues();
    const kept = await Promise.all(
      rescues.map(async ({ ref }, at) => {
        const folder = join(arena.home, `rescue-${String(at)}`);
        await hub.restoreRescue(ref, folder);
        return existsSync(join(folder, 'src', 'alpha.js'));
      }),
    );
    expect(kept).toContain(true);

    expect((await arena.start('resume', ...dir).ended).exit).toBe(0);
    expectSound(await examine(arena));
  },
);
