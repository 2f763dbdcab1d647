import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, call, write, type Scenario, type Step } from '../../src/rehearsal/script.ts';
import { browserObstacle, puppeteerObstacle, TRUST } from '../support/browser-here.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit } from '../support/harness-cli.ts';
import { aSmallRun, smallScenario } from '../support/small-run.ts';

const obstacle = quickOnly ? 'quick part' : browserObstacle;

const SERVER = `require('node:http').createServer((_, answer) =>
  answer.setHeader('content-type', 'text/html').end('<h1>12 inches</h1>')).listen(3000, '127.0.0.1');
`;

/** The small scenario, whose coder looks at a page and photographs it before it does its work. */
function looking(browsing: readonly Step[]): Scenario {
  const whole = smallScenario();
  const first: readonly Step[] = [
    write('server.cjs', SERVER),
    bash('node server.cjs > /dev/null 2>&1 & sleep 1; curl -sS http://127.0.0.1:3000/'),
  ];
  const items = whole.items.map((item) => {
    const attempts = item.attempts.map(({ steps }) => ({
      steps: [...first, ...browsing, ...steps],
    }));
    return Object.assign({}, item, { attempts });
  });
  return { ...whole, items };
}

interface Way {
  readonly server: 'playwright' | 'puppeteer';
  readonly steps: readonly Step[];
  readonly obstacle: string | undefined;
}

const url = 'http://127.0.0.1:3000/';
const WAYS: readonly Way[] = [
  {
    server: 'playwright',
    steps: [
      call(['browser_navigate'], { url }),
      call(['browser_snapshot'], {}),
      call(['browser_take_screenshot'], { scale: 'css', filename: 'inches.png' }),
    ],
    obstacle,
  },
  {
    server: 'puppeteer',
    steps: [
      call(['puppeteer_navigate'], { url }),
      call(['puppeteer_evaluate'], { script: 'document.querySelector("h1").textContent' }),
      call(['puppeteer_screenshot'], { name: 'inches' }),
    ],
    obstacle: obstacle ?? (await puppeteerObstacle()),
  },
];

for (const { server, steps, obstacle: reason } of WAYS)
  test.skipIf(reason !== undefined)(
    `R-010 R-031 R-134 a coder looks at its page with ${server}, and its screenshot is kept${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    { timeout: 300_000 },
    async () => {
      const yaml = `browser: { server: ${server} }\n`;
      await using small = await aSmallRun({ scenario: looking(steps), yaml });
      const project = join(small.bench.folder, 'units');
      const args = ['run', '--no-interactive', '--json', '--idea', 'Convert.'];
      const ended = await small.bench.run([...args, '--project-dir', project], { env: TRUST });
      proveExit(ended, 0);

      const coder = small.asks.filter(({ item }) => item !== '');
      expect(JSON.stringify(coder.map(({ results }) => results))).toContain('12 inches');
      expect(coder[0]?.tools.filter((name) => name.startsWith(`mcp__${server}__`))).toHaveLength(
        server === 'playwright' ? 9 : 7,
      );
      const others = small.asks.filter(({ item }) => item === '');
      expect(others.flatMap(({ tools }) => tools).filter((name) => name.includes(server))).toEqual(
        [],
      );

      const [item = ''] = coder.map((ask) => ask.item);
      const shown = await small.bench.run(['items', 'show', item, '--project-dir', project]);
      const [, file = ''] = /^screenshot (?<file>\S+)$/mu.exec(shown.stdout) ?? [];
      expect(file).toMatch(/^\.harness\/evidence\/[\w-]+\/try-1-01-[\w-]+\.png$/u);
      const picture = await readFile(join(project, file));
      expect(picture.subarray(1, 4).toString()).toBe('PNG');
      expect(ended.stdout).toContain('"type":"screenshots.kept"');
      expect(ended.stdout.includes('"type":"packages.asked"')).toBe(server === 'puppeteer');
      expect(existsSync(join(project, 'node_modules'))).toBe(false);
    },
  );
