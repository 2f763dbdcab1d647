import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { always, say } from '../../src/rehearsal/script.ts';
import { unsealable } from '../safety/a-box.ts';
import { aBrowser, aPage, axeFaults, noBrowser, type WatchedPage } from '../support/a-page.ts';
import { buildDashboard } from '../support/built-dashboard.ts';
import { proveExit } from '../support/harness-cli.ts';
import { aSmallRun, smallScenario, type SmallRun } from '../support/small-run.ts';

const obstacle = noBrowser ?? (unsealable === undefined ? undefined : `there is no ${unsealable}`);

/** What an agent might write to harm whoever reads it. */
const HOSTILE = `# Requirements

<img src="https://evil.example/a.png" onerror="document.title='owned'">
<script>document.title = 'owned'</script>

[a link](javascript:document.title='owned'), [another](https://evil.example/), ![a picture](https://evil.example/b.png)

- [ ] to be done
- [x] was done

| a | b |
|---|---|
| 1 | 2 |
`;

interface Served {
  readonly url: string;
  readonly token: string;
}

let small: SmallRun;
let browser: Browser;
let served: Served;

/** Begins to serve, and reads the address from what it says. */
async function serve({ bench }: SmallRun): Promise<Served> {
  const server = bench.start(['serve', '--port', '0', '--json']);
  await server.heard(/#token=[\w-]+/u);
  const [, url = '', token = ''] = /(http:\/\/[\d.:]+)\/#token=([\w-]+)/u.exec(server.said()) ?? [];
  return { url, token };
}

beforeAll(async () => {
  if (obstacle !== undefined) return;
  await buildDashboard();
  browser = await aBrowser();
  const scenario = smallScenario();
  const roles = { ...scenario.roles, 'ideation/brainstorm': always(say(HOSTILE)) };
  small = await aSmallRun({ scenario: { ...scenario, roles } });
  const project = join(small.bench.folder, 'workspaces', 'converter');
  proveExit(await small.bench.run(['run', '--idea', 'Feet.', '--project-dir', project]), 3);
  served = await serve(small);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await small?.[Symbol.asyncDispose]();
});

/** The dashboard with its token, as `harness serve` prints the address. */
async function opened(
  order: { colorScheme?: 'light' | 'dark'; width?: number } = {},
): Promise<WatchedPage> {
  const watched = await aPage(browser, { url: served.url, ...order });
  await watched.page.goto(`${served.url}/#token=${served.token}`);
  await watched.page.getByRole('heading', { name: 'Projects' }).waitFor();
  return watched;
}

async function openProject(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'converter' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
}

test.skipIf(obstacle !== undefined)(
  'I12 the token leaves the address, and without one the page says what to do',
  async () => {
    await using watched = await opened();
    expect(watched.page.url()).toBe(`${served.url}/#/`);
    expect(await watched.page.context().cookies()).toEqual([]);
    await using other = await aPage(browser, { url: served.url });
    const { page } = other;
    await page.goto(served.url);
    await page.getByRole('heading', { name: 'This server asks for a token' }).waitFor();
    await page.getByLabel('Token').fill('not-the-right-token');
    await page.keyboard.press('Enter');
    await page.getByText('refused the token').waitFor();
    await page.getByLabel('Token').fill(served.token);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'converter' }).waitFor();
    expect(watched.troubles).toEqual([]);
  },
);

test.skipIf(obstacle !== undefined)(
  'what an agent wrote is shown as text: nothing runs, nothing is fetched',
  async () => {
    await using watched = await opened();
    const { page, troubles } = watched;
    await openProject(page);
    await page.getByRole('link', { name: 'Read and answer' }).click();
    await page.getByText('[picture: a picture]').waitFor();
    expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'another' }).getAttribute('rel')).toContain(
      'noreferrer',
    );
    expect(await page.title()).toContain('Documents');
    expect(troubles).toEqual([]);
  },
);

test.skipIf(obstacle !== undefined).each(['light', 'dark'] as const)(
  'axe finds no fault on any page in %s',
  async (colorScheme) => {
    await using watched = await opened({ colorScheme });
    const { page, troubles } = watched;
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await openProject(page);
    expect(await axeFaults(page)).toEqual([]);
    for (const name of ['Work items', 'Agents', 'Documents', 'Cost', 'Activity']) {
      await page.getByRole('navigation', { name: 'Project' }).getByText(name).click();
      await page.getByText(/^Loading/u).waitFor({ state: 'detached' });
      expect({ name, faults: await axeFaults(page) }).toEqual({ name, faults: [] });
    }
    expect(troubles).toEqual([]);
  },
);

test.skipIf(obstacle !== undefined)('nothing is cut off at 400 px', async () => {
  await using watched = await opened({ width: 400 });
  const { page } = watched;
  await openProject(page);
  for (const name of ['Overview', 'Work items', 'Agents', 'Documents', 'Cost', 'Activity']) {
    await page.getByRole('navigation', { name: 'Project' }).getByText(name).click();
    await page.getByText(/^Loading/u).waitFor({ state: 'detached' });
    const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect({ name, over: Math.max(0, over) }).toEqual({ name, over: 0 });
  }
});
