import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { always, say } from '../../src/rehearsal/script.ts';
import { unsealable } from '../safety/a-box.ts';
import { aBrowser, aPage, axeFaults, cutOff, noBrowser, SMALL_WINDOWS } from '../support/a-page.ts';
import { buildDashboard } from '../support/built-dashboard.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit } from '../support/harness-cli.ts';
import {
  openDashboard,
  openProject,
  PAGES,
  serveIn,
  tabTo,
  turnTo,
  type Served,
} from '../support/served-dashboard.ts';
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

let small: SmallRun;
let browser: Browser;
let served: Served;

beforeAll(async () => {
  if (obstacle !== undefined) return;
  await buildDashboard();
  browser = await aBrowser();
  const scenario = smallScenario();
  const roles = { ...scenario.roles, 'ideation/brainstorm': always(say(HOSTILE)) };
  small = await aSmallRun({ scenario: { ...scenario, roles } });
  const project = join(small.bench.folder, 'workspaces', 'converter');
  proveExit(await small.bench.run(['run', '--idea', 'Feet.', '--project-dir', project]), 3);
  served = await serveIn(small.bench);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await small?.[Symbol.asyncDispose]();
});

const opened = (order: Parameters<typeof openDashboard>[2] = {}) =>
  openDashboard(browser, served, order);

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
    await openProject(page, 'converter');
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
    await openProject(page, 'converter');
    expect(await axeFaults(page)).toEqual([]);
    for (const name of PAGES) {
      await turnTo(page, name);
      expect({ name, faults: await axeFaults(page) }).toEqual({ name, faults: [] });
    }
    expect(troubles).toEqual([]);
  },
);

test.skipIf(obstacle !== undefined).each(SMALL_WINDOWS)(
  'nothing is cut off, and axe finds no fault, in $width by $height pixels',
  async (size) => {
    await using watched = await opened();
    const { page, troubles } = watched;
    await page.setViewportSize(size);
    const look = async (where: string) =>
      expect([where, await cutOff(page), await axeFaults(page)]).toEqual([where, [], []]);
    await look('projects');
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByRole('dialog').waitFor();
    await look('new project');
    await page.keyboard.press('Escape');
    await openProject(page, 'converter');
    for (const name of PAGES) {
      await turnTo(page, name);
      await look(name);
    }
    await turnTo(page, 'Documents');
    await page.getByRole('button', { name: 'Reject' }).click();
    await look('a rejection');
    await page.getByRole('button', { name: 'Stop…' }).click();
    await page.getByRole('dialog').waitFor();
    await look('a stop');
    expect(troubles).toEqual([]);
  },
);

test.skipIf(obstacle !== undefined)(
  'a run begun in the page is approved by keyboard, edited and approved, and watched until it is complete',
  { timeout: 240_000 },
  async () => {
    await using watched = await opened();
    const { page, troubles } = watched;
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByLabel('Name').fill('feet');
    await page.getByLabel('Idea').fill('A module that converts feet.');
    await page.getByRole('button', { name: 'Create and start' }).click();
    await page.getByRole('heading', { name: 'feet', exact: true }).waitFor();

    const asked = (phase: string) => page.locator(`a[href*="~${phase}~"]`, { hasText: 'Read' });
    await asked('ideation').waitFor({ timeout: 90_000 });
    await tabTo(page, 'Read and answer');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await tabTo(page, 'Approve');
    await page.keyboard.press('Enter');

    await page.getByText('Ideation approved by').first().waitFor();
    await asked('architecture').click({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Document, as Markdown').fill('# Mine\n\nOne function, no class.\n');
    await page.getByRole('button', { name: 'Approve with my text' }).click();
    await page.getByText('Architecture edited by').first().waitFor();

    await asked('task_breakdown').click({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('1 of 1').waitFor({ timeout: 120_000 });
    await page.getByRole('button', { name: 'New run' }).waitFor({ timeout: 60_000 });

    await page.getByRole('link', { name: 'FEET-1' }).first().click();
    await page.getByText('Passed').first().waitFor();
    await page.getByText('src/feet.js').first().waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Transcript' }).first().click();
    await page.getByText('node --test test/feet.test.js').first().waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('navigation', { name: 'Project' }).getByText('Documents').click();
    await page.getByRole('link', { name: 'Architecture' }).click();
    await page.getByText('One function, no class.').waitFor();
    expect(troubles).toEqual([]);
  },
);

test.skipIf(obstacle !== undefined || quickOnly)(
  'I12 what changed under the reader is not answered; a rejection with its reason is made anew',
  { timeout: 240_000 },
  async () => {
    await using watched = await opened();
    await using elsewhere = await opened();
    for (const { page } of [watched, elsewhere]) {
      await openProject(page, 'converter');
      await page.getByRole('link', { name: 'Read and answer' }).click();
      await page.getByRole('button', { name: 'Approve' }).waitFor();
    }
    const { page } = elsewhere;
    await page.getByRole('button', { name: 'Reject' }).click();
    expect(await page.getByRole('button', { name: 'Reject', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('Reason').fill('Say what a cubit is.');
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    await watched.page.getByText('What you read is not asked any more').waitFor();
    expect(await watched.page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await page.getByText('Say what a cubit is.').first().waitFor();
    await page.locator('a[href$="~ideation~2"]').waitFor({ timeout: 90_000 });
    expect(small.asks.some(({ prompt }) => prompt.includes('Say what a cubit is.'))).toBe(true);
    await watched.page.getByRole('link', { name: 'Show what is there now' }).click();
    await watched.page.getByRole('button', { name: 'Approve' }).waitFor();
  },
);

test.skipIf(obstacle !== undefined)(
  'a long idea is cut, and shown whole when asked for',
  async () => {
    const made = await fetch(`${served.url}/v1/projects`, {
      method: 'POST',
      headers: { authorization: `Bearer ${served.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'wordy',
        idea: `${'Many words of an idea. '.repeat(60)}The end.`,
      }),
    });
    expect(made.status).toBe(201);
    await using watched = await opened();
    const { page, troubles } = watched;
    await openProject(page, 'wordy');
    const height = async (): Promise<number> =>
      (await page.getByText('The end.').first().boundingBox())?.height ?? 0;
    const cut = await height();
    const all = page.getByRole('button', { name: 'Show all' });
    await all.focus();
    await page.keyboard.press('Enter');
    const less = page.getByRole('button', { name: 'Show less', expanded: true });
    await less.waitFor();
    expect(await height()).toBeGreaterThan(2 * cut);
    expect(await axeFaults(page)).toEqual([]);
    await less.click();
    await all.waitFor();
    expect(await height()).toBe(cut);
    await page.getByRole('link', { name: 'Projects' }).first().click();
    await openProject(page, 'converter');
    expect(await page.getByRole('button', { name: 'Show all' }).count()).toBe(0);
    expect(troubles).toEqual([]);
  },
);
