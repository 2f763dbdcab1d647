import { expect, test } from 'vitest';
import {
  changedScripts,
  changedSettings,
  takesPlace,
} from '../../src/engine/attempt/agreed-scripts.ts';
import { isNamedJudge } from '../../src/engine/attempt/agreed-tests.ts';

test.each([
  ['test/feet.test.js', 'node --test test/feet.test.js'],
  ['test/feet.test.js', 'cd . && node --test "./test/feet.test.js";'],
  ['app/tests/test_feet.py', 'cd app && pytest tests/test_feet.py::test_it'],
  ['src/feet.spec.ts', 'npx vitest run src/feet.spec.ts'],
  ['check.sh', './check.sh'],
  ['scripts/verify.py', 'python3 scripts/verify.py'],
  ['tools/check.mjs', 'node tools/check.mjs'],
  ['verify.py', 'python3 verify.py'],
  ['setup.mjs', 'node --import ./setup.mjs --test'],
  ['test/expected/a.txt', 'diff test/expected/a.txt out'],
])('I4 a test that an agreed check names is found: %s', (path, command) => {
  expect(isNamedJudge(path, [command])).toBe(true);
});

test.each([
  ['src/feet.js', 'node src/feet.js'],
  ['src/cli.js', 'node src/cli.js --help'],
  ['src/verify.js', 'node src/verify.js'],
  ['README.md', 'grep -q start README.md'],
  ['scripts/other.js', 'node scripts/smoke.js'],
  ['test/other.test.js', 'node --test test/feet.test.js'],
  ['test/feet.test.js', 'npm test'],
])('what no check names as a test is free: %s', (path, command) => {
  expect(isNamedJudge(path, [command])).toBe(false);
});

const manifest = (scripts: Record<string, string>): string =>
  JSON.stringify({ name: 'a', scripts });
const before = manifest({ test: 'npm run unit && eslint .', unit: 'node --test', dev: 'vite' });

const both = (command: string) => ({ all: [command], passed: [command] });
const NPM = both('npm test');

test.each([
  ['replaced', manifest({ test: 'true', unit: 'node --test' }), ['test']],
  ['behind another', manifest({ test: 'npm run unit && eslint .', unit: 'true' }), ['unit']],
  ['removed with its file', undefined, ['test', 'unit']],
  ['hidden in what is no JSON', '{', ['test', 'unit']],
])('I4 a script that agreed checks run is found when it is %s', (_, after, names) => {
  expect(changedScripts({ before, after }, NPM)).toEqual(names);
});

test('scripts that no check runs are free, and so are new ones', () => {
  const after = manifest({ ...JSON.parse(before).scripts, dev: 'vite --open', lint: 'eslint .' });
  expect(changedScripts({ before, after }, NPM)).toEqual([]);
  expect(
    changedScripts({ before, after: manifest({}) }, both('node --test test/a.test.js')),
  ).toEqual([]);
});

const scripts = { test: 'npm run unit && eslint .', unit: 'node --test', dev: 'vite' };

test.each([
  ['npm test', 'pretest'],
  ['npm test', 'posttest'],
  ['npm t', 'pretest'],
  ['npm test', 'preunit'],
  ['node --run unit', 'postunit'],
  ['yarn dev && yarn vitest', 'vitest'],
  ['npm ci', 'postinstall'],
])('I4 a script that is added around what %s runs is found: %s', (command, name) => {
  const after = manifest({ ...scripts, [name]: 'true' });
  expect(changedScripts({ before, after }, both(command))).toEqual([name]);
});

test.each([
  ['web/package.json', 'cd web && npm test'],
  ['web/package.json', 'npm --prefix=./web/ui run check'],
  ['packages/a/package.json', 'pnpm -C packages/a/ test'],
])(
  'I4 a package.json that comes nearer to what a check runs is found: %s for %s',
  (path, command) => {
    expect(takesPlace(path, [command])).toBe(true);
  },
);

test.each([
  ['package.json', 'npm test'],
  ['web/package.json', 'npm test'],
  ['web/package.json', 'cd webserver && npm test'],
  ['web/package.json', 'ls web'],
])('a package.json that no check runs is free: %s for %s', (path, command) => {
  expect(takesPlace(path, [command])).toBe(false);
});

test('the first script of a name that no passed check runs is free, with its pre and post', () => {
  const after = manifest({ ...scripts, e2e: 'node e2e.js', pree2e: 'node build.js' });
  const commands = { all: ['npm test', 'npm run e2e'], passed: ['npm test'] };
  expect(changedScripts({ before, after }, commands)).toEqual([]);
});

test.each(['jest', 'mocha', 'vitest', 'ava', 'c8', 'nyc', 'eslintConfig'])(
  'I4 settings in a package.json are found: %s',
  (key) => {
    const after = JSON.stringify({ ...JSON.parse(before), [key]: { a: 1 } });
    expect(changedSettings({ before, after })).toEqual([key]);
    expect(changedSettings({ before: after, after: before })).toEqual([key]);
    expect(changedSettings({ before, after: before })).toEqual([]);
  },
);
