import { expect, test } from 'vitest';
import { pocketLedger } from '../../src/rehearsal/scenarios/pocket-ledger.ts';
import { always, bash, report, write, type Scenario } from '../../src/rehearsal/script.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit } from '../support/harness-cli.ts';
import { FAKE_KEY, NO_LIMITS, startFakeLinear } from '../support/linear/start-fake-linear.ts';
import { aSmallRun } from '../support/small-run.ts';

/** A part of the key that nothing masks, and a word that is surely there to be found. */
const PART = FAKE_KEY.slice(8, 28);
const THERE = 'a-word-that-is-surely-there';

/**
 * Looks at every variable, command line and file that a session can read, and names the places of both
 * words. Its own file and command line hold neither.
 */
const LOOK = `
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
const wanted = { key: ${JSON.stringify(PART)}.split('').reverse().join(''), there: '${THERE.slice(0, 6)}' + '${THERE.slice(6)}' };
const places = { key: [], there: [] };
let looked = 0;
function look(place, bytes) {
  looked += 1;
  for (const name of Object.keys(wanted)) if (bytes.includes(wanted[name])) places[name].push(place);
}
function read(path) {
  try { look(path, readFileSync(path)); } catch {}
}
function walk(folder, depth) {
  let entries = [];
  try { entries = readdirSync(folder, { withFileTypes: true }); } catch {}
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0 && entry.name !== 'node_modules') walk(path, depth - 1);
    else if (entry.isFile()) read(path);
  }
}
look('variables', JSON.stringify(process.env));
for (const id of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)))
  for (const file of ['cmdline', 'environ', 'mountinfo']) read(join('/proc', id, file));
for (const folder of ['.', process.env.HOME ?? '/root', '/tmp', '/etc', '/run', '/var']) walk(folder, 8);
console.log('places: ' + looked + ', of the key: ' + places.key.length + ', of the word: ' + places.there.length + ' ' + places.key.join(' '));
`.replace(JSON.stringify(PART), JSON.stringify(PART.split('').toReversed().join('')));

/** A coder that looks around instead of building. */
function curious(): Scenario {
  const whole = pocketLedger();
  const looks = always(
    write('look.mjs', LOOK),
    write('word.txt', THERE),
    bash('node look.mjs'),
    report('blocked', 'It only looked.'),
  );
  return {
    ...whole,
    named: (ask) => (/^Issue \S+: /mu.test(ask.opening) ? looks : whole.named?.(ask)),
  };
}

// About 30 s.
test.skipIf(quickOnly)(
  'I7 R-009 the key to Linear is nowhere that a session can read: no variable, no command line, no file',
  { timeout: 600_000 },
  async () => {
    await using fake = await startFakeLinear({ limits: NO_LIMITS });
    await using small = await aSmallRun({ scenario: curious() });
    const env = {
      LINEAR_API_KEY: FAKE_KEY,
      LINEAR_API_URL: fake.apiUrl,
      LINEAR_MCP_URL: fake.mcpUrl,
    };
    const words = ['--issues', '1', '--max-iterations', '2', '--project-dir', 'shop'];
    proveExit(await small.bench.run(['demo', ...words], { env }), 0);
    const told = await small.bench.run(['logs', '--verbose', '--project-dir', 'shop'], { env });
    const found =
      /places: (?<places>\d+), of the key: (?<key>\d+), of the word: (?<word>\d+)/u.exec(
        told.stdout,
      )?.groups;
    expect(Number(found?.['places'])).toBeGreaterThan(50);
    expect(Number(found?.['word'])).toBeGreaterThan(0);
    expect(found?.['key']).toBe('0');
  },
);
