import type { App, HostProcesses } from '../app.ts';
import { messageOf } from '../domain/errors.ts';
import { ENDED, type Run } from '../domain/run.ts';

/** Sees to it that the runs of this server are carried out, those of a former server too. */
export interface Keeper {
  /** Something may have to be carried out that was not a moment ago. */
  look(): void;
  /** Why the process that should carry this run out does not; null: nothing is wrong with it. */
  troubleOf(run: Run): string | null;
  /** Whether a process for this run, which has none, is being started: for so long nothing is wrong. */
  isStarting(run: Run): boolean;
  readonly hosts: HostProcesses;
  close(): Promise<void>;
}

/** Answers and additions wake at once; this is for hosts that died. */
const LOOK_MS = 2000;

/** Within it a process that carries out a run is there, on a busy machine too, or said why not. */
const STARTING_MS = 60_000;

const LABELS = ['', 'rehearsal'];

export function keepHosted(app: App, hosts: HostProcesses, log: (line: string) => void): Keeper {
  let looking = Promise.resolve();
  /** Since when runs are known to need a process, by their ids. */
  let needed: ReadonlyMap<string, number> = new Map();
  const look = (): void => {
    looking = looking.then(() =>
      ensureAll(app, hosts, (now) => (needed = since(needed, now))).catch((error: unknown) =>
        log(`hosting: ${messageOf(error)}`),
      ),
    );
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  const troubleOf = ({ settings: { label } }: Run): string | null =>
    hosts.states().find((state) => state.label === label)?.trouble ?? null;
  return {
    look,
    hosts,
    troubleOf,
    isStarting(run) {
      if (run.settings.served !== true || ENDED.includes(run.status)) return false;
      const began = needed.get(run.id) ?? performance.now();
      return troubleOf(run) === null && performance.now() - began < STARTING_MS;
    },
    async close() {
      clearInterval(timer);
      await looking;
      await hosts.stop();
    },
  };
}

/** What was needed before is needed since then. */
function since(
  before: ReadonlyMap<string, number>,
  needed: readonly string[],
): ReadonlyMap<string, number> {
  const now = performance.now();
  return new Map(needed.map((id) => [id, before.get(id) ?? now]));
}

async function ensureAll(
  app: App,
  hosts: HostProcesses,
  tell: (needed: readonly string[]) => void,
): Promise<void> {
  const needed: Run[] = [];
  for (const label of LABELS)
    for (const run of await app.store.runs.live(label))
      if (await needsHost(app, run)) needed.push(run);
  tell(needed.map(({ id }) => id));
  for (const label of LABELS)
    if (needed.some(({ settings }) => settings.label === label)) await hosts.ensure(label);
    else hosts.wellAgain(label);
}

/** A run that waits for a person needs none before the answer. */
async function needsHost(app: App, run: Run): Promise<boolean> {
  if (run.settings.served !== true) return false;
  if (run.status === 'waiting_approval') {
    const open = await app.store.approvals.pending(run.id);
    if (open.length > 0) return false;
  }
  return !(await app.hosted(run));
}
