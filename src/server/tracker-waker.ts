import { readTracker } from '../app.ts';
import { messageOf } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';
import type { Parts } from './parts.ts';

/** Reads the trackers of runs at once where somebody says that they changed. */
export interface TrackerWaker {
  wake(concerned: (run: Run) => boolean): void;
  /** The reading under way is over, and no other begins. */
  stop(): Promise<void>;
}

/** Where the harness has something to tell first, the reading waits for that: so often, so long each time. */
const TRIES = 30;
const PAUSE_MS = 500;

/**
 * One reading at a time; what is asked for meanwhile is one more afterwards. What has to wait has one
 * timer, however many ask: the harness's own writes, while they are told, come back as such words.
 */
export function createTrackerWaker(parts: Pick<Parts, 'app' | 'log'>): TrackerWaker {
  let wanted: ((run: Run) => boolean)[] = [];
  let unread = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let tries = 0;
  let reading: Promise<void> | null = null;
  const state = { stopped: false };
  const putOff = (runs: readonly string[]): void => {
    for (const id of runs) unread.add(id);
    if (unread.size === 0 || tries === 0 || state.stopped) return;
    timer ??= setTimeout(() => {
      const ids = unread;
      [unread, timer, tries] = [new Set(), undefined, tries - 1];
      want(({ id }) => ids.has(id));
    }, PAUSE_MS);
  };
  const readAll = async (): Promise<void> => {
    while (wanted.length > 0 && !state.stopped) {
      const asked = wanted;
      wanted = [];
      putOff(await readConcerned(parts, (run) => asked.some((concerns) => concerns(run))));
    }
  };
  const begin = (): void => {
    // Nobody waits for it: whatever fails here is read again by those who carry out the runs.
    reading ??= readAll()
      .catch((error: unknown) => parts.log(`tracker: ${messageOf(error)}`))
      .finally(() => {
        reading = null;
        if (wanted.length > 0 && !state.stopped) begin();
      });
  };
  const want = (concerned: (run: Run) => boolean): void => {
    wanted.push(concerned);
    begin();
  };
  return {
    wake(concerned) {
      tries = TRIES;
      want(concerned);
    },
    async stop() {
      state.stopped = true;
      clearTimeout(timer);
      await reading;
    },
  };
}

/** Ids of those that could not be read yet. */
async function readConcerned(
  { app, log }: Pick<Parts, 'app' | 'log'>,
  concerned: (run: Run) => boolean,
): Promise<readonly string[]> {
  const unread: string[] = [];
  for (const label of ['', 'rehearsal'])
    for (const run of (await app.store.runs.live(label)).filter(concerned)) {
      const read = readTracker(app, run).catch((error: unknown) => {
        log(`tracker: ${messageOf(error)}`);
        return true;
      });
      if (!(await read)) unread.push(run.id);
    }
  return unread;
}
