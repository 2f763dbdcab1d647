import { dirname } from 'node:path';
import type { BrowserSettings, ToolPackageSettings } from '../config/config.ts';
import { refuseTrackerName } from '../gateway/mcp/name-taken.ts';
import { HarnessError } from '../domain/errors.ts';
import type { ToolsOrder, WorkshopDeps } from '../engine/attempt/deps.ts';
import {
  environmentOf,
  mountsOf,
  playwrightServer,
  PUPPETEER,
  puppeteerVariables,
} from '../gateway/mcp/browser.ts';
import { openBoxServers, type ToolServer } from '../gateway/mcp/box-servers.ts';
import { openPins } from '../gateway/mcp/pins.ts';
import type { Packages } from '../gateway/packages.ts';
import type { App } from '../open-app.ts';
import { mcpFolder } from './mcp-folder.ts';
import type { Box } from '../safety/box.ts';
import { AGENT_HOME } from '../safety/bwrap-arguments.ts';
import { findBrowser, type Browser } from '../safety/find-browser.ts';
import type { Listing } from '../safety/tool-door/list-tools.ts';
import { rightsOf } from '../sessions/roles.ts';
import type { Environments } from '../workspaces/environment/open-environments.ts';
import { installToolPackage, type ToolPackage } from '../workspaces/environment/tool-package.ts';

export interface ToolParts {
  readonly box: Box;
  readonly environments: Environments;
  readonly packages: Packages;
  /** Values of `environment.secrets`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The browser of this host; null: there is none. */
  readonly browser: Browser | null;
}

/**
 * The browser of this host; null where none is installed, or none is wanted at all.
 * @throws HarnessError BROWSER_MISSING (exit 2) when the file asks for one and none can be used
 */
export async function browserOf({
  config,
  path,
  homeFolder: home,
}: Pick<App, 'config' | 'path' | 'homeFolder'>): Promise<Browser | null> {
  const { use, program } = config.browser;
  if (use === 'no') return null;
  const search = await findBrowser({ named: program, path, home });
  if ('found' in search) return search.found;
  if (use === 'unsaid') return null;
  throw new HarnessError(
    'BROWSER_MISSING',
    `orchestrator.yaml asks for a browser (browser), but ${search.missing}. Install one (\`apt-get install chromium\`), name its program in CHROME_PATH, or leave out the section browser`,
    { exit: 2 },
  );
}

/**
 * Which MCP servers run in the box of a session, and how its agent starts them:
 * - those of `mcp.NAME.package` in the phases that they are listed for;
 * - the browser for roles that look at what was built (`browses` in sessions/roles.ts: a new role gets
 *   it by saying so there), where this host has one: in runs of demo mode, and in all runs where the
 *   file has the section `browser`.
 *
 * Packages are installed when they are wanted first. What servers offer is compared with what was agreed
 * to before the session starts.
 */
export function sessionTools(
  config: App['config'],
  opened: ToolParts,
): WorkshopDeps['sessionTools'] {
  const { browser: settings, toolPackages } = config;
  const folder = mcpFolder(config);
  const parts = { ...opened, folder };
  const pins = openPins(folder);
  const heard = new Map<string, Listing>();
  return async (order) => {
    const { phase } = order.subject;
    const packages = toolPackages.filter(({ phases }) => phases.includes(phase));
    if (order.demo) refuseTrackerName(packages);
    const servers: ToolServer[] = [];
    for (const one of packages) servers.push(await packageServer(one, parts, order));
    const taken = servers.some(({ name }) => name === settings.server);
    const wanted = settings.use === 'yes' || order.demo;
    if (parts.browser !== null && wanted && rightsOf(order.subject).browses && !taken)
      servers.push(await browserServer(settings, { ...parts, browser: parts.browser }, order));
    return openBoxServers({ servers, box: parts.box, pins, folder: order.folder, heard });
  };
}

interface Installing extends ToolParts {
  /** Where it is written down what packages were when they were installed first. */
  readonly folder: string;
}

async function packageServer(
  { name, package: spec, args, env, secrets, tools }: ToolPackageSettings,
  parts: Installing,
  order: ToolsOrder,
): Promise<ToolServer> {
  const installed = await installedFrom(spec, parts, order);
  const named = secrets.map((secret) => [secret, parts.secrets[secret] ?? '']);
  return {
    ...startOf(spec, installed),
    name,
    command: ['node', installed.entry, ...args],
    env: environmentOf(homeIn(parts.box, order), { ...env, ...Object.fromEntries(named) }),
    tools,
    folder: null,
    images: order.images,
  };
}

async function browserServer(
  { server }: BrowserSettings,
  parts: Installing & { readonly browser: Browser },
  order: ToolsOrder,
): Promise<ToolServer> {
  const { browser } = parts;
  const sealed = parts.box.driver === 'bwrap';
  const ownWalls = !sealed && process.getuid?.() !== 0;
  const start = { browser, home: homeIn(parts.box, order), ownWalls };
  if (server === 'playwright') return playwrightServer({ ...start, images: order.images });
  const installed = await installedFrom(PUPPETEER.package, parts, order);
  const files = startOf(PUPPETEER.package, installed);
  return {
    ...files,
    readable: [...files.readable, ...mountsOf(browser)],
    name: PUPPETEER.name,
    command: ['node', installed.entry],
    env: puppeteerVariables(start),
    tools: PUPPETEER.tools,
    folder: order.images,
    images: order.images,
  };
}

function installedFrom(
  spec: string,
  parts: Installing,
  { asked }: ToolsOrder,
): Promise<ToolPackage> {
  const { environments, packages, folder } = parts;
  const openWire = () => packages.wire(asked);
  return installToolPackage(environments, { package: spec, folder, openWire });
}

/** Without a box there is no home of the agent's own: the session's folder has to do. */
function homeIn({ driver }: Box, { images }: ToolsOrder): string {
  return driver === 'bwrap' ? AGENT_HOME : dirname(images);
}

function startOf(
  spec: string,
  { folder, integrity }: ToolPackage,
): Pick<ToolServer, 'identity' | 'readable' | 'own'> {
  return { identity: `${spec} (${integrity})`, readable: [folder], own: false };
}
