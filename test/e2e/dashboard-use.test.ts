/** Two minutes on a busy machine: one run that a person pauses, stops, and helps over a blocked work item, in a browser. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withoutFaults } from '../../src/rehearsal/faults.ts';
import { bash, report, type Scenario } from '../../src/rehearsal/script.ts';
import { unsealable } from '../safety/a-box.ts';
import {
  aBrowser,
  axeFaults,
  cutOff,
  noBrowser,
  SMALL_WINDOWS,
  USUAL_WINDOW,
  type WatchedPage,
} from '../support/a-page.ts';
import { buildDashboard } from '../support/built-dashboard.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { freePort } from '../support/loopback.ts';
import { proveExit } from '../support/harness-cli.ts';
import { unitConverter } from '../support/second-scenario.ts';
import {
  openDashboard,
  PAGES,
  serveIn,
  tabTo,
  turnTo,
  type Served,
} from '../support/served-dashboard.ts';
import { aSmallRun, type SmallRun } from '../support/small-run.ts';

const reason = noBrowser ?? (unsealable === undefined ? undefined : `there is no ${unsealable}`);

/** What an agent or a person might write to harm whoever looks; the API takes no name with what hides. */
const NAME = `<img src=x onerror="owned=1"><script>owned=1</script>{{7*7}}`;
const HOSTILE = `${NAME} \u202Egpj.exe\u202C`;
const SHOWN = `${NAME} ⟨U+202E⟩gpj.exe⟨U+202C⟩`;

/** The first item takes a while; the second hangs, then fails, then is right. */
function scenario(): Scenario {
  const whole = withoutFaults(unitConverter());
  const [feet, kelvin] = whole.items;
  if (feet === undefined || kelvin === undefined) throw new Error('it has two items at least');
  const steps = (item: typeof feet) => item.attempts[0]?.steps ?? [];
  return {
    ...whole,
    items: [
      {
        ...feet,
        title: HOSTILE,
        description: HOSTILE,
        attempts: [{ steps: [bash('sleep 6'), report('note', HOSTILE), ...steps(feet)] }],
      },
      {
        ...kelvin,
        dependencies: [feet.key],
        attempts: [
          { steps: [bash('sleep 300')] },
          { steps: [report('complete', HOSTILE)] },
          { steps: steps(kelvin) },
        ],
      },
    ],
  };
}

/** Of a machine that is busy with other suites; a calm one needs a tenth. */
const WAIT_MS = 120_000;
const LONG = { timeout: 900_000 };

const made = z.looseObject({ id: z.string() });

/** What the browser itself says of a server that is away. */
const AWAY =
  /net::ERR_(?:CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/u;

/** Asks the API as the page does. */
async function post({ url, token }: Served, path: string, body: object): Promise<unknown> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([path, answer.status < 300 ? '' : await answer.text()]).toEqual([path, '']);
  return answer.json();
}

/** What has no name for who can't see it. */
async function nameless(page: Page): Promise<readonly string[]> {
  const lines = (await page.locator('body').ariaSnapshot()).split('\n');
  return lines.filter((line) =>
    /^\s*- (?:button|link|textbox|combobox|checkbox|radio|spinbutton|dialog|navigation|region)(?::| \[|$)/u.test(
      line,
    ),
  );
}

describe.skipIf(reason !== undefined || quickOnly)('a person at the dashboard', () => {
  let small: SmallRun;
  let browser: Browser;
  let port: number;
  let served: Served;
  let watched: WatchedPage;
  let page: Page;
  /** What was no trouble: the server was away. */
  let told = 0;

  beforeAll(async () => {
    await buildDashboard();
    browser = await aBrowser();
    const yaml = 'autonomy: full\nitems: { max_attempts: 1 }\n';
    small = await aSmallRun({ scenario: scenario(), yaml });
    port = await freePort();
    served = await serveIn(small.bench, port);
    const project = made.parse(
      await post(served, '/v1/projects', { name: NAME, directory: 'units' }),
    );
    await post(served, `/v1/projects/${project.id}/run`, { idea: HOSTILE });
    watched = await openDashboard(browser, served);
    ({ page } = watched);
    page.setDefaultTimeout(WAIT_MS);
    await page.getByRole('link', { name: NAME }).click();
    await page.getByText('Live', { exact: true }).waitFor();
  }, LONG.timeout);

  afterAll(async () => {
    await browser?.close();
    await small?.[Symbol.asyncDispose]();
  });

  const state = (text: string) => page.locator('h1 + span', { hasText: text }).waitFor();
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  test('pauses, stops by keyboard, and resumes', LONG, async () => {
    await page.getByText('FEET-1 begun').first().waitFor();
    await button('Pause').click();
    await state('Paused');
    expect(await button('Pause').count()).toBe(0);
    await button('Resume').click();

    await page.getByText('KELVIN-1 begun').first().waitFor();
    await page.getByText('sleep 300').first().waitFor();
    await tabTo(page, 'Stop…');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.locator(':focus').innerText()).toBe('Stop…');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Stop');
    await page.keyboard.press('Enter');
    await state('Stopped');
    await button('Resume').click();

    await state('Failed');
    expect(watched.troubles).toEqual([]);
  });

  test(
    'I11 is told when the server is away, and misses nothing once it is back',
    LONG,
    async () => {
      await turnTo(page, 'Activity');
      served.server.signal('SIGTERM');
      await served.server.ended;
      await page.getByText('Connection lost, trying again…').waitFor();
      const project = ['--project-dir', `${small.bench.folder}/workspaces/units`];
      const items = async (...words: readonly string[]) =>
        proveExit(await small.bench.run(['items', ...words, ...project]), 0);
      await items('add', '--title', 'Inches', '--description', 'Too.', '--check', 'npm test');
      await items('skip', 'ADD-1');
      expect(await page.getByText(/added: Inches/u).count()).toBe(0);
      served = await serveIn(small.bench, port);
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByText(/added: Inches/u).waitFor();
      expect(await page.getByText(/added: Inches/u).count()).toBe(1);
      expect(watched.troubles.filter((one) => !AWAY.test(one))).toEqual([]);
      told = watched.troubles.length;
    },
  );

  test('has a blocked work item tried again, and sees it done', LONG, async () => {
    await turnTo(page, 'Work items');
    await page.getByRole('link', { name: 'Degrees to kelvin' }).click();
    await button('Try it again').click();
    await page.locator('h2 + span', { hasText: 'To do' }).waitFor();
    await button('Resume').click();
    await state('Completed');
    await page.locator('h2 + span', { hasText: 'Done' }).waitFor();
    expect(watched.troubles.slice(told)).toEqual([]);
  });

  test(
    'sees everything that was written as text, whole in small windows, and every control has a name',
    LONG,
    async () => {
      const seen: string[] = [];
      const look = async (where: string) => {
        await page.getByText(/^Loading/u).waitFor({ state: 'detached' });
        seen.push(await page.locator('main').innerText());
        const hostile = await page.evaluate<unknown>(
          `[typeof owned, document.querySelectorAll('main :is(img, script, iframe, object)').length, document.title.includes('\\u202E')]`,
        );
        expect([where, hostile]).toEqual([where, ['undefined', 0, false]]);
        expect([where, await nameless(page), await axeFaults(page)]).toEqual([where, [], []]);
        expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
        for (const size of SMALL_WINDOWS) {
          await page.setViewportSize(size);
          expect([where, size, await cutOff(page)]).toEqual([where, size, []]);
        }
        await page.setViewportSize(USUAL_WINDOW);
      };
      for (const name of PAGES) {
        await turnTo(page, name);
        await look(name);
      }
      await turnTo(page, 'Work items');
      await page.getByRole('link', { name: SHOWN }).click();
      await look('a work item');
      await page.getByRole('link', { name: 'Transcript' }).first().click();
      await page.getByRole('log').waitFor();
      await look('a transcript');
      const [overview = '', items = '', , , , activity = '', item = '', transcript = ''] = seen;
      for (const text of [overview, items, item, transcript]) expect(text).toContain(SHOWN);
      expect(activity).toContain(`FEET-1 says note: ${SHOWN}`);
      expect(seen.join('')).not.toContain('\u202E');
      expect(watched.troubles.slice(told)).toEqual([]);
    },
  );

  test('I12 is asked for the new token when the server has another one', LONG, async () => {
    served.server.signal('SIGTERM');
    await served.server.ended;
    const HARNESS_TOKEN = 'another-token-of-more-than-32-characters';
    const words = ['serve', '--port', String(port), '--json'];
    await small.bench.start(words, { env: { HARNESS_TOKEN } }).heard(/"url":/u);
    await page.getByText('The server refused the token of this tab').waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByLabel('Token').fill(HARNESS_TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText('Live', { exact: true }).waitFor();
    await turnTo(page, 'Activity');
    await page.getByText('Run begun').waitFor();
  });
});
