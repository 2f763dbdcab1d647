import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gitIn } from './git-in.ts';
import type { Arena } from './arena.ts';
import { withStore } from './with-store.ts';

/** Where a run stood when its process was killed, as its database and its folders have it. */
export interface Death {
  readonly phase: string | null;
  /** Attempts that had begun and not ended: each may cost one session more. */
  readonly inFlight: number;
  /** Sessions that had started and whose work was not handed in yet. */
  readonly talking: number;
  /** Main is at a commit that no event tells of: between an effect and its record. */
  readonly untold: boolean;
  /** An approval waits for its answer. */
  readonly asked: boolean;
  /** A gate was judging a tree. */
  readonly judging: boolean;
}

const NOWHERE: Death = Object.freeze({
  phase: null,
  inFlight: 0,
  talking: 0,
  untold: false,
  asked: false,
  judging: false,
});

/** To be called before anything else of the run is started. */
export function lookAtDeath(arena: Arena): Promise<Death> {
  return withStore(arena, async (store) => {
    const project = (await store.projects.list()).at(-1);
    const run = project && (await store.runs.latest(project.id));
    if (project === undefined || run === undefined) return NOWHERE;
    const folder = join(arena.home, 'projects', project.id);
    const open = await store.attempts.list(run.id, { open: true });
    const sessions = await store.attempts.sessions(run.id);
    const phases = await store.phases.list(run.id);
    const main = (await gitIn(join(folder, 'hub.git'))('rev-parse', 'main')).trim();
    return {
      phase: phases.findLast(({ status }) => status !== 'pending')?.name ?? null,
      inFlight: open.length,
      talking: sessions.filter(({ model }) => model !== null).length,
      untold: (await hasMoved(folder)) && !(await store.events.mainMovedTo(project.id, main)),
      asked: (await store.approvals.pending(run.id)).length > 0,
      judging: (await namesIn(join(folder, 'gates'))).length > 0,
    };
  });
}

/** Before its first move, main is where the user's own branch was. */
async function hasMoved(folder: string): Promise<boolean> {
  return (await namesIn(join(folder, 'hub.git', 'refs', 'harness'))).includes('moved');
}

async function namesIn(folder: string): Promise<readonly string[]> {
  // Not there yet.
  return readdir(folder).catch(() => []);
}
