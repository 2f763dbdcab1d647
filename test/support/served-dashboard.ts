import type { Browser, Page } from 'playwright-core';
import { aPage, type PageOrder, type WatchedPage } from './a-page.ts';
import type { Bench, Running } from './harness-cli.ts';

export interface Served {
  readonly url: string;
  readonly token: string;
  readonly server: Running;
}

/** Begins to serve, and reads the address from what it says. */
export async function serveIn(bench: Bench, port = 0): Promise<Served> {
  const server = bench.start(['serve', '--port', String(port), '--json']);
  await server.heard(/#token=[\w-]+/u);
  const [, url = '', token = ''] = /(http:\/\/[\d.:]+)\/#token=([\w-]+)/u.exec(server.said()) ?? [];
  return { url, token, server };
}

/** The dashboard with its token, as `harness serve` prints the address. */
export async function openDashboard(
  browser: Browser,
  { url, token }: Served,
  order: Omit<PageOrder, 'url'> = {},
): Promise<WatchedPage> {
  const watched = await aPage(browser, { url, ...order });
  await watched.page.goto(`${url}/#token=${token}`);
  await watched.page.getByRole('heading', { name: 'Projects' }).waitFor();
  return watched;
}

/** From the list of projects to one of them, once the page is live. */
export async function openProject(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name }).click();
  await page.getByText('Live', { exact: true }).waitFor();
}

/** The pages of a project, by their names. */
export const PAGES = ['Overview', 'Work items', 'Agents', 'Documents', 'Cost', 'Activity'] as const;

export async function turnTo(page: Page, name: (typeof PAGES)[number]): Promise<void> {
  await page.getByRole('navigation', { name: 'Project' }).getByText(name).click();
  await page.getByText(/^Loading/u).waitFor({ state: 'detached' });
}

/** Moves on by keyboard alone until what has the focus is called this. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    if ((await focused.innerText().catch(() => '')) === name) return;
  }
  throw new Error(`${name} can't be reached by keyboard`);
}
