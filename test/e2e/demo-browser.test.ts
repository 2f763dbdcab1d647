import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { testDatabase } from '../support/database.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit } from '../support/harness-cli.ts';
import { puppeteerObstacle, browserObstacle, TRUST } from '../support/browser-here.ts';

const Line = z.looseObject({
  type: z.string(),
  item: z.string().optional(),
  subject: z.looseObject({ item: z.string().nullable() }).optional(),
  files: z.array(z.string()).optional(),
});

const PNG = [0x89, 0x50, 0x4e, 0x47];

const WAYS = [
  {
    server: 'playwright',
    tools: ['browser_navigate', 'browser_take_screenshot'],
    reason: quickOnly ? 'quick part' : browserObstacle,
  },
  {
    server: 'puppeteer',
    tools: ['puppeteer_navigate', 'puppeteer_screenshot'],
    reason: quickOnly ? 'quick part' : await puppeteerObstacle(),
  },
] as const;

// About a minute and a half each.
for (const { server, tools, reason } of WAYS)
  test.skipIf(reason !== undefined)(
    `R-010 R-031 demo mode looks at its page with ${server} between claim and Done, and keeps the picture${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    { timeout: 400_000 },
    async () => {
      await using database = await testDatabase();
      const yaml = `browser: { server: ${server} }\n`;
      await using bench = await aBench({ databaseUrl: database.url, yaml });
      const project = join(bench.folder, 'ledger');
      const args = ['demo', '--rehearse', '--tracker', 'local', '--issues', '3'];
      const ended = await bench.run([...args, '--project-dir', project], { env: TRUST });
      proveExit(ended, 0);
      for (const tool of tools) expect(ended.stdout).toContain(`[Tool: mcp__${server}__${tool}]`);
      expect(ended.stdout).toMatch(/^Pictures: \d+ kept under/mu);

      const told = await bench.run(['events', '--json', '--project-dir', project]);
      const events = told.stdout
        .trim()
        .split('\n')
        .map((line) => Line.parse(JSON.parse(line)));
      // The third is the server: there is no page before.
      const at = (type: string): number =>
        events.findLastIndex(
          (one) => one.type === type && (one.item ?? one.subject?.item) === 'APP-3',
        );
      const order = ['item.claimed', 'screenshots.kept', 'item.done'].map(at);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(order[0]).toBeGreaterThanOrEqual(0);
      const [file = ''] = events[at('screenshots.kept')]?.files ?? [];
      expect(file).toMatch(/^\.harness\/evidence\/APP-3\/try-2-01-[\w-]+\.png$/u);
      expect([...(await readFile(join(project, file)))].slice(0, 4)).toEqual(PNG);
    },
  );
