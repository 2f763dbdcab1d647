import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Browser } from '../../safety/find-browser.ts';
import type { ToolServer } from './box-servers.ts';

export interface BrowserOrder {
  readonly browser: Browser;
  /** Folder of the session for its screenshots, writable in its box. */
  readonly images: string;
  /** Home of its processes, as the box sees it. */
  readonly home: string;
  /** Whether the browser keeps the walls it has itself: in a box it can't, and as root it won't. */
  readonly ownWalls: boolean;
}

/** What a coder needs to see a page and to use it; the other tools would cost 11 KB a session. */
const PLAYWRIGHT_TOOLS = [
  'browser_navigate',
  'browser_snapshot',
  'browser_click',
  'browser_type',
  'browser_press_key',
  'browser_wait_for',
  'browser_evaluate',
  'browser_console_messages',
  'browser_take_screenshot',
];

/** The browser behind Playwright's MCP server, which is a dependency of ours and nowhere installed. */
export function playwrightServer({ browser, images, home, ownWalls }: BrowserOrder): ToolServer {
  const { own, core } = playwrightFolders();
  return {
    name: 'playwright',
    identity: `@playwright/mcp@${manifestOf(own).version}`,
    command: [
      process.execPath,
      join(own, 'cli.js'),
      '--headless',
      '--isolated',
      // Tools that a page brings along are tools that nobody listed.
      '--no-webmcp',
      '--codegen=none',
      // One is a call away: else each click would leave one in a file.
      '--snapshot-mode=none',
      // What the agent is told it can read by that name.
      '--file-paths=absolute',
      `--executable-path=${browser.program}`,
      `--output-dir=${images}`,
      ...(ownWalls ? [] : ['--no-sandbox']),
    ],
    env: environmentOf(home, { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' }),
    tools: PLAYWRIGHT_TOOLS,
    readable: [own, core, ...mountsOf(browser)],
    // A name that the agent gives a screenshot counts from here.
    folder: images,
    images: null,
    own: true,
  };
}

/** The browser behind Puppeteer's MCP server, which is installed when it is wanted first. */
export const PUPPETEER = Object.freeze({
  name: 'puppeteer',
  package: '@modelcontextprotocol/server-puppeteer@2025.5.12',
  tools: ['navigate', 'screenshot', 'click', 'fill', 'select', 'hover', 'evaluate'].map(
    (name) => `puppeteer_${name}`,
  ),
});

/** How Puppeteer's server starts the browser: it has no options but variables. */
export function puppeteerVariables({
  browser,
  home,
  ownWalls,
}: Omit<BrowserOrder, 'images'>): Readonly<Record<string, string>> {
  const args = ownWalls ? [] : ['--no-sandbox'];
  const options = { headless: true, executablePath: browser.program, args };
  return environmentOf(home, {
    PUPPETEER_LAUNCH_OPTIONS: JSON.stringify(options),
    ALLOW_DANGEROUS: 'true',
  });
}

/** The whole environment of a server in a box. */
export function environmentOf(
  home: string,
  more: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const path = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  return { PATH: path, HOME: home, LANG: 'C.UTF-8', ...more };
}

export function mountsOf({ mount }: Browser): readonly string[] {
  return mount === null ? [] : [mount];
}

/** The second is looked up from the place of the first, where npm puts what it depends on. */
function playwrightFolders(): { readonly own: string; readonly core: string } {
  const require = createRequire(import.meta.url);
  const own = require.resolve('@playwright/mcp/package.json');
  const core = createRequire(own).resolve('playwright-core/package.json');
  return { own: dirname(own), core: dirname(core) };
}

const manifestSchema = z.object({ version: z.string() });

function manifestOf(folder: string): z.infer<typeof manifestSchema> {
  return manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
}
