import type { Run } from './domain/run.ts';
import { readHostIdentity } from './engine/host-identity.ts';
import { newId } from './new-id.ts';
import type { Silent } from './domain/why.ts';
import type { RunStore } from './work/run-store.ts';

/** Which living processes carry a run out. */
export interface Serving {
  /** One does that takes all of it. */
  readonly hosted: boolean;
  /** Of those that take only work items with one of these labels. */
  readonly labels: readonly string[];
  /** One that takes all of it, where none of those gives a sign of life; absent: one does, or there is none. */
  readonly silent?: Silent;
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
  const whole = living.filter(({ labels }) => labels.length === 0);
  const [first] = whole;
  return {
    hosted: first !== undefined,
    labels: [...new Set(living.flatMap(({ labels }) => labels))],
    ...(first !== undefined && whole.every(({ overdue }) => overdue)
      ? { silent: { pid: first.pid, host: first.hostId.split('/')[0] ?? '' } }
      : {}),
  };
}
