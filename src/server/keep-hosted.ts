import type { App, HostProcesses } from '../app.ts';
import { messageOf } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';

/** Sees to it that the runs of this server are carried out, those of a former server too. */
export interface Keeper {
  /** Something may have to be carried out that was not a moment ago. */
  look(): void;
  /** Why the process that should carry this run out does not; null: nothing is wrong with it. */
  troubleOf(run: Run): string | null;
  readonly hosts: HostProcesses;
  close(): Promise<void>;
}

/** Answers and additions wake at once; this is for hosts that died. */
const LOOK_MS = 2000;

const LABELS = ['', 'rehearsal'];

export function keepHosted(app: App, hosts: HostProcesses, log: (line: string) => void): Keeper {
  let looking = Promise.resolve();
  const look = (): void => {
    looking = looking.then(() =>
      ensureAll(app, hosts).catch((error: unknown) => log(`hosting: ${messageOf(error)}`)),
    );
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  return {
    look,
    hosts,
    troubleOf: ({ settings: { label } }) =>
      hosts.states().find((state) => state.label === label)?.trouble ?? null,
    async close() {
      clearInterval(timer);
      await looking;
      await hosts.stop();
    },
  };
}

async function ensureAll(app: App, hosts: HostProcesses): Promise<void> {
  for (const label of LABELS) {
    let wanted = false;
    for (const run of await app.store.runs.live(label)) wanted ||= await needsHost(app, run);
    if (wanted) await hosts.ensure(label);
    else hosts.wellAgain(label);
  }
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
