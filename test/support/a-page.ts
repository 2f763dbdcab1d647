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
    viewport: { ...USUAL_WINDOW, width: order.width ?? USUAL_WINDOW.width },
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

/** That of a usual screen. */
export const USUAL_WINDOW = { width: 1280, height: 900 } as const;

/** Windows in which a page has to be whole: 320 pixels (WCAG 1.4.10), and 1280 by 900 at 200 % zoom. */
export const SMALL_WINDOWS = [
  { width: 320, height: 640 },
  { width: 640, height: 450 },
] as const;

/**
 * What can't be seen without scrolling sideways, or at all: the page is wider than its window, something stands
 * beyond its edge, or text is cut. What scrolls by itself (tables, code) and drawings may be wider; the first
 * line of what unfolds is a part on purpose.
 */
export async function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`(() => {
    const over = document.documentElement.scrollWidth - innerWidth;
    const scrolls = (one) => one !== null
      && (['auto', 'scroll'].includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
    const unseen = (one) => one !== null
      && (getComputedStyle(one).clipPath !== 'none' || unseen(one.parentElement));
    const faults = over > 0 ? ['the page is ' + over + ' px too wide'] : [];
    for (const one of document.body.querySelectorAll('*')) {
      const { left, right, width, height } = one.getBoundingClientRect();
      if (width <= 1 || height <= 1 || one.closest('.react-flow, summary') !== null || unseen(one)) continue;
      const { overflowX } = getComputedStyle(one);
      const beyond = (right > innerWidth + 1 || left < -1) && !scrolls(one);
      const hides = overflowX === 'hidden' || overflowX === 'clip';
      const cut = hides && one.scrollWidth > one.clientWidth + 1 && one.textContent.trim() !== '';
      if (beyond || cut) faults.push((cut ? 'cut: ' : 'beyond: ') + one.outerHTML.slice(0, 160));
    }
    return faults;
  })()`);
}

/** What axe finds by WCAG 2.2 AA and its best practices, one line each. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}
