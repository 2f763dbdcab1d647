import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkshop } from './engine/attempt/open-workshop.ts';
import { readHostIdentity } from './engine/host-identity.ts';
import { startEngine } from './engine/start.ts';
import { proveAgent } from './host/agent.ts';
import { chooseBox } from './host/choose-box.ts';
import { openDemoTracker } from './host/demo.ts';
import { engineDeps } from './host/engine.ts';
import { openNotices } from './host/notices.ts';
import type { HostOrder } from './host/order.ts';
import { browserOf } from './host/tools.ts';
import { openGateway, openPackages } from './host/wires.ts';
import { workshopDeps } from './host/workshop.ts';
import { sweepOldEnvironments } from './old-environments.ts';
import { newId, type App } from './open-app.ts';

/** What carries out runs, until it is stopped. */
export interface Host {
  /** Why nothing is sealed here; null: everything is. */
  readonly unsealed: string | null;
  /** Rejects with `HOSTING_LOST` (exit 75) once nothing is hosted here any more. */
  readonly lost: Promise<never>;
  /** Leaves cleanly and closes what was opened here; the App stays its owner's. */
  stop(): Promise<void>;
}

/**
 * Makes this process a worker of the App's database, with agents, boxes and a gateway of its own. Throws
 * `SANDBOX_UNAVAILABLE` and `DENY_UNPROVED` (exit 5) where sessions would not be safe, `BROWSER_MISSING` (exit 2).
 */
export async function openHost(app: App, order: HostOrder): Promise<Host> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'hx-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const demo = openDemoTracker(app);
  const gateway = openGateway(app, order, demo);
  opening.defer(() => gateway.close());
  const seal = await chooseBox(app, order, folder);
  await proveAgent(app, order, { ...seal, folder });
  const browser = await browserOf(app);
  const packages = opening.use(openPackages(app, { folder, box: seal.box }));
  const identity = await readHostIdentity(newId);
  const parts = { folder, gateway, packages, identity, browser, demo, ...seal };
  const workshop = openWorkshop(await workshopDeps(app, parts));
  // Left in the opposite order, each whatever becomes of the others: who stops the runs first can tell of them.
  const notices = openNotices(app, order.label);
  opening.defer(() => notices.stop());
  const started = await startEngine(engineDeps(app, order, { workshop, identity }));
  opening.defer(() => started.stop());
  void sweepOldEnvironments(app, identity);
  const opened = opening.move();
  return {
    unsealed: seal.unsealed,
    lost: started.lost,
    stop: () => opened.disposeAsync(),
  };
}
