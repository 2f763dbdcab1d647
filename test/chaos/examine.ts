import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { StoredEvent } from '../../src/domain/event.ts';
import type { Run } from '../../src/domain/run.ts';
import type { WorkItem } from '../../src/domain/work-item.ts';
import { processesWith } from '../support/claude-rig.ts';
import type { Arena } from './arena.ts';
import { gitIn, type Git } from './git-in.ts';
import { withStore } from './with-store.ts';

/** What is left of a run, read from where the product itself reads it. */
export interface Remains {
  readonly run: Run;
  readonly events: readonly StoredEvent[];
  readonly items: readonly WorkItem[];
  readonly attempts: readonly Attempt[];
  /** Tree of main. */
  readonly tree: string;
  /** Every path on main. */
  readonly files: readonly string[];
  /** Trees of the commits that main ever was. */
  readonly treeOf: ReadonlyMap<string, string>;
  readonly clones: readonly string[];
  /** Processes that name this home. */
  readonly processes: readonly string[];
}

export function examine(arena: Arena): Promise<Remains> {
  return withStore(arena, async (store) => {
    const project = (await store.projects.list()).at(-1);
    const run = project && (await store.runs.latest(project.id));
    if (project === undefined || run === undefined) throw new Error('there is no run');
    const folder = join(arena.home, 'projects', project.id);
    const git = gitIn(join(folder, 'hub.git'));
    return {
      run,
      events: await store.events.read(project.id, { after: 0, limit: 100_000 }),
      items: await store.items.list(project.id),
      attempts: await store.attempts.list(run.id),
      tree: (await git('rev-parse', 'main^{tree}')).trim(),
      files: linesOf(await git('ls-tree', '-r', '--name-only', 'main')),
      treeOf: await mainsTrees(git),
      clones: await readdir(join(folder, 'clones')),
      processes: processesWith(arena.home).filter((pid) => !isServerOf(pid)),
    };
  });
}

const isServerOf = (pid: string): boolean =>
  processesWith('harness.data=').includes(pid) || pid === String(process.pid);

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

async function mainsTrees(git: Git): Promise<ReadonlyMap<string, string>> {
  const lines = linesOf(await git('log', '--first-parent', '--format=%H %T', 'main'));
  return new Map(lines.map((line) => [line.slice(0, 40), line.slice(41)]));
}
