import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBoxServers } from '../src/gateway/mcp/box-servers.ts';
import { playwrightServer } from '../src/gateway/mcp/browser.ts';
import { openPins } from '../src/gateway/mcp/pins.ts';
import { openBox } from '../src/safety/open-box.ts';
import { findToolchains } from '../src/safety/toolchains.ts';
import type { BoxServer } from '../src/sessions/agent.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';

/** The browser's tools as a session gets them; no browser is started for their words. */
export async function withBrowserTools<T>(
  use: (servers: readonly BoxServer[]) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'browser-tools-'));
  try {
    const [folder, images] = [join(root, 'session'), join(root, 'images')];
    for (const one of [folder, images]) await mkdir(one);
    const home = homedir();
    const toolchains = await findToolchains({ path: PATH, home, node: process.execPath });
    const settings = { folder: join(root, 'box'), toolchains, read: [], path: PATH, home };
    const box = await openBox({ ...settings, driver: 'none', now: () => performance.now() });
    const browser = { program: '/usr/bin/chromium', mount: null };
    const { servers } = await openBoxServers({
      servers: [playwrightServer({ browser, images, home: root, ownWalls: false })],
      box,
      pins: openPins(join(root, 'pins')),
      folder,
      heard: new Map(),
    });
    return await use(servers);
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}
