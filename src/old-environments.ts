import { join } from 'node:path';
import { messageOf } from './domain/errors.ts';
import type { HostIdentity } from './engine/host-identity.ts';
import { newId } from './new-id.ts';
import type { App } from './open-app.ts';
import { sweepEnvironments } from './workspaces/environment/sweep.ts';

/** Beside the work: never throws, and what it does not get done is done at another start. */
export async function sweepOldEnvironments(
  { config, log }: App,
  identity: HostIdentity,
): Promise<void> {
  const folder = join(config.home, 'environments');
  const isGone = (maker: string): Promise<boolean | undefined> => identity.isGone(maker);
  try {
    const removed = await sweepEnvironments({ folder, now: Date.now(), newId, isGone });
    if (removed.length > 0) log(`removed ${removed.length} prepared environments of former runs`);
  } catch (error) {
    log(`old environments are left as they are: ${messageOf(error)}`);
  }
}
