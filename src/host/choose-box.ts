import { HarnessError } from '../domain/errors.ts';
import type { App } from '../open-app.ts';
import type { Box } from '../safety/box.ts';
import { openBox } from '../safety/open-box.ts';
import { probeBox } from '../safety/probe-box.ts';
import { findToolchains, type Toolchains } from '../safety/toolchains.ts';
import { clock } from './clock.ts';
import type { HostOrder } from './order.ts';

/** What sessions, commits and checks run in. */
export interface Seal {
  readonly box: Box;
  readonly toolchains: Toolchains;
  /** Why nothing is sealed here; null: everything is. */
  readonly unsealed: string | null;
}

/**
 * The sealed box, or what was chosen instead. Throws `SANDBOX_UNAVAILABLE` (exit 5) where there is
 * neither: no session then. `folder` is short and the host's own.
 */
export async function chooseBox(app: App, order: HostOrder, folder: string): Promise<Seal> {
  const { path, homeFolder: home, config } = app;
  const toolchains = await findToolchains({ path, home, node: process.execPath });
  const { read } = config.settings.sandbox;
  const settings = { folder, toolchains, read, path, home, limits: config.boxLimits };
  const open = (driver: Box['driver']): Promise<Box> =>
    openBox({ ...settings, driver, now: clock.monotonic });
  if (order.unsealed === 'explicit')
    return { box: await open('none'), toolchains, unsealed: 'sandbox.driver is none' };
  const verdict = await probeBox({ ...settings, root: process.getuid?.() === 0 });
  if (verdict.usable) return { box: await open('bwrap'), toolchains, unsealed: null };
  const { part, reason, remedy } = verdict;
  if (order.unsealed === 'allowed')
    return { box: await open('none'), toolchains, unsealed: `${part}: ${reason}` };
  throw new HarnessError(
    'SANDBOX_UNAVAILABLE',
    `No sealed box on this machine (${part}: ${reason}), and real agents never work without one. Mend it: ${remedy}`,
    { exit: 5 },
  );
}
