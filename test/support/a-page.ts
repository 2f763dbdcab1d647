import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findBrowser } from '../../src/safety/find-browser.ts';
import { USUAL_PATH } from './harness-cli.ts';

const search = await findBrowser({
  named: process.env['CHROME_PATH'] ?? null,
  path: USUAL_PATH,
  home: '/nonexistent',
});

/** Why there is nothing to browse with here; undefined: there is. */
export const noBrowser = 'missing' in search ? search.missing : undefined;

export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** What should not be: console errors, broken scripts, refused contents, requests to other hosts. */
  readonly troubles: readonly string[];
}

export interface PageOrder {
  /** Address of the server, the only one that may be asked. */
  readonly url: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}

/** A browser of its own, as nobody's: no profile, no cookies. */
export async function aBrowser(): Promise<Browser> {
  if ('missing' in search) throw new Error(search.missing);
  return chromium.launch({
    executablePath: search.found.program,
    // Its own walls need rights that root in a container gives nobody; it shows only our page.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** A page whose every trouble is written down. */
export async function aPage(browser: Browser, order: PageOrder): Promise<WatchedPage> {
  const context = await browser.newContext({
    colorScheme: order.colorScheme ?? 'light',
    viewport: { width: order.width ?? 1280, height: 900 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== order.url && protocol !== 'data:') troubles.push(`asked ${request.url()}`);
  });
  return { page, troubles, [Symbol.asyncDispose]: () => context.close() };
}

/** What axe finds by WCAG 2.2 AA and its best practices, one line each. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}
