import type { HostAsked } from '../../gateway/packages.ts';
import type { Begun, WorkshopDeps } from './deps.ts';

/** Keeps which hosts were asked for packages: each once, and once more when it gave no answer. */
export interface AskedHosts {
  readonly asked: HostAsked;
  /** When all that was told is stored. */
  stored(): Promise<void>;
}

export function askedHosts(
  { store, log }: Pick<WorkshopDeps, 'store' | 'log'>,
  { project, run }: Pick<Begun, 'project' | 'run'>,
): AskedHosts {
  const told = new Set<string>();
  const writes: Promise<unknown>[] = [];
  return {
    asked(host, reason) {
      const key = `${host} ${reason === null}`;
      if (told.has(key)) return;
      told.add(key);
      const event = { type: 'packages.asked', host, reason } as const;
      const write = store.events.append(project.id, run.id, [event]);
      writes.push(write.catch((error: unknown) => log(`event ${event.type}: ${String(error)}`)));
    },
    stored: async () => void (await Promise.all(writes)),
  };
}
