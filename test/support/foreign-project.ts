/** The small product that the foreign model invents: three items, the last needs the other two. */
export interface ForeignItem {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly priority: number;
  readonly dependencies: readonly string[];
  /** Stem of its two files. */
  readonly name: string;
  readonly program: string;
  readonly test: string;
}

export const PROJECT_CHECK = 'node --test';

export const ITEMS: readonly ForeignItem[] = [
  {
    key: 'ALPHA-1',
    title: 'Convert temperatures',
    description:
      'A module celsius.mjs that exports toFahrenheit(celsius), rounded to whole degrees.',
    priority: 2,
    dependencies: [],
    name: 'celsius',
    program: `export function toFahrenheit(celsius) {
  return Math.round((celsius * 9) / 5 + 32);
}
`,
    test: testOf(
      `import { toFahrenheit } from './celsius.mjs';`,
      `assert.deepEqual([0, 21, 100].map(toFahrenheit), [32, 70, 212]);`,
    ),
  },
  {
    key: 'BETA-1',
    title: 'Name winds',
    description: 'A module beaufort.mjs that exports windName(force): calm, breeze, gale or storm.',
    priority: 3,
    dependencies: [],
    name: 'beaufort',
    program: `export function windName(force) {
  if (force < 1) return 'calm';
  if (force < 7) return 'breeze';
  return force < 10 ? 'gale' : 'storm';
}
`,
    test: testOf(
      `import { windName } from './beaufort.mjs';`,
      `assert.deepEqual([0, 3, 8, 11].map(windName), ['calm', 'breeze', 'gale', 'storm']);`,
    ),
  },
  {
    key: 'GAMMA-1',
    title: 'Write forecasts',
    description:
      'A module forecast.mjs that exports forecast(celsius, force): one sentence of both.',
    priority: 1,
    dependencies: ['ALPHA-1', 'BETA-1'],
    name: 'forecast',
    program: `import { windName } from './beaufort.mjs';
import { toFahrenheit } from './celsius.mjs';

export function forecast(celsius, force) {
  return \`\${toFahrenheit(celsius)} degrees, \${windName(force)}.\`;
}
`,
    test: testOf(
      `import { forecast } from './forecast.mjs';`,
      `assert.equal(forecast(21, 8), '70 degrees, gale.');`,
    ),
  },
];

export const SCAFFOLD: readonly { readonly path: string; readonly text: string }[] = [
  {
    path: 'package.json',
    text: `${JSON.stringify({ name: 'weather-words', private: true, type: 'module', scripts: { test: PROJECT_CHECK } }, null, 2)}\n`,
  },
  { path: 'README.md', text: '# Weather words\n\nRun the tests with `npm test`.\n' },
  { path: 'init.sh', text: '#!/bin/sh\nset -eu\nnode --version\necho "npm test runs the tests"\n' },
  {
    path: 'scaffold.test.mjs',
    text: testOf(
      `import { basename } from 'node:path';`,
      `assert.equal(basename(import.meta.filename), 'scaffold.test.mjs');`,
    ),
  },
];

export function checkOf(item: ForeignItem): string {
  return `node --test ${item.name}.test.mjs`;
}

function testOf(imported: string, assertion: string): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
${imported}

test('it answers as agreed', () => {
  ${assertion}
});
`;
}
