import type { DemoTracker } from '../demo/demo-tracker.ts';
import { resolveOnHost } from '../gateway/egress/destination.ts';
import { createGateway } from '../gateway/gateway.ts';
import { openPins } from '../gateway/mcp/pins.ts';
import { createPackages, type Packages } from '../gateway/packages.ts';
import type { Gateway } from '../gateway/wire.ts';
import { mcpServersOf } from '../known-secrets.ts';
import { newId, type App } from '../open-app.ts';
import type { Box } from '../safety/box.ts';
import { clock } from './clock.ts';
import { mcpFolder } from './mcp-folder.ts';
import type { HostOrder } from './order.ts';

/** The one way out of each session; it meters into the store, and its caller closes it. */
export function openGateway(
  { store, config }: App,
  { upstream }: HostOrder,
  demo: DemoTracker,
): Gateway {
  return createGateway({
    upstream,
    ledger: store.reservations,
    record: ({ projectId, runId }, event) => store.events.append(projectId, runId, [event]),
    egress: { hosts: config.egress, registries: config.registries, resolve: resolveOnHost },
    mcp: {
      servers: mcpServersOf(config),
      pins: openPins(mcpFolder(config)),
      own: (session) => demo.servers(session),
    },
    providerTools: config.providerTools,
    clock,
    newId,
  });
}

/** The way of an environment's preparation to the registries; its caller disposes of it. */
export function openPackages(
  { config }: App,
  { folder, box }: { readonly folder: string; readonly box: Box },
): Packages {
  return createPackages({
    registries: config.registries,
    credentials: config.registries.credentials.map(({ start, header }) => ({
      start,
      header: header.reveal(),
    })),
    folder,
    sealed: box.driver === 'bwrap',
  });
}
