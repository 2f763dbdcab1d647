import { isReadOnly } from '../domain/disk-full.ts';
import { messageOf } from '../domain/errors.ts';
import type { Run } from '../domain/run.ts';
import type { Engine } from './deps.ts';
import { STOP_GRACE_MS } from './wind-down.ts';

/**
 * Parks a run while there is still room to keep what its agents wrote. On a full disk sessions and
 * checks fail in ways that look like the work's own faults, or wait for ever.
 */
export async function watchRoom(engine: Engine, run: Run): Promise<void> {
  if (run.control !== null) return;
  const { deps, running } = engine;
  const shortage = (await deps.shortage(run)) ?? engine.full;
  if (shortage === null) return;
  await deps.store.runs.hold(run, 'park', shortage);
  running.stop(run.id, { now: false, graceMs: STOP_GRACE_MS });
}

/** Tells the watch of a write that found no room: a quota shows in no figure of the disk. */
export function noteFull(engine: Engine, error: unknown): void {
  const [what, remedy] = isReadOnly(error)
    ? ['no way to write', 'make it writable']
    : ['no space left', 'free some'];
  engine.full = `${what}: ${messageOf(error)}; ${remedy}, then \`harness resume\``;
}
