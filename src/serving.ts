import type { Run } from './domain/run.ts';
import { readHostIdentity } from './engine/host-identity.ts';
import { newId } from './new-id.ts';
import type { RunStore } from './work/run-store.ts';

/** Which living processes carry a run out. */
export interface Serving {
  /** One does that takes all of it. */
  readonly hosted: boolean;
  /** Of those that take only work items with one of these labels. */
  readonly labels: readonly string[];
}

/** Who carries out runs like this one; those that died here don't count. */
export async function servingOf(
  { workers }: Pick<RunStore, 'workers'>,
  { settings }: Pick<Run, 'settings'>,
): Promise<Serving> {
  const like = (await workers.live()).filter(({ label }) => label === settings.label);
  if (like.length === 0) return { hosted: false, labels: [] };
  const gone = await (await readHostIdentity(newId)).deadHere(like);
  const living = like.filter(({ executorId }) => !gone.includes(executorId));
  return {
    hosted: living.some(({ labels }) => labels.length === 0),
    labels: [...new Set(living.flatMap(({ labels }) => labels))],
  };
}
