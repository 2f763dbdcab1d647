import { expect, test } from 'vitest';
import { changedScripts, isNamedTest } from '../../src/engine/attempt/agreed-tests.ts';

test.each([
  ['test/feet.test.js', 'node --test test/feet.test.js'],
  ['test/feet.test.js', 'cd . && node --test "./test/feet.test.js";'],
  ['app/tests/test_feet.py', 'cd app && pytest tests/test_feet.py::test_it'],
  ['src/feet.spec.ts', 'npx vitest run src/feet.spec.ts'],
])('I4 a test that an agreed check names is found: %s', (path, command) => {
  expect(isNamedTest(path, [command])).toBe(true);
});

test.each([
  ['src/feet.js', 'node src/feet.js'],
  ['test/other.test.js', 'node --test test/feet.test.js'],
  ['test/feet.test.js', 'npm test'],
])('what no check names as a test is free: %s', (path, command) => {
  expect(isNamedTest(path, [command])).toBe(false);
});

const manifest = (scripts: Record<string, string>): string =>
  JSON.stringify({ name: 'a', scripts });
const before = manifest({ test: 'npm run unit && eslint .', unit: 'node --test', dev: 'vite' });

test.each([
  ['replaced', manifest({ test: 'true', unit: 'node --test' }), ['test']],
  ['behind another', manifest({ test: 'npm run unit && eslint .', unit: 'true' }), ['unit']],
  ['removed with its file', undefined, ['test', 'unit']],
  ['hidden in what is no JSON', '{', ['test', 'unit']],
])('I4 a script that agreed checks run is found when it is %s', (_, after, names) => {
  expect(changedScripts(before, after, ['npm test'])).toEqual(names);
});

test('scripts that no check runs are free, and so are new ones', () => {
  const after = manifest({ ...JSON.parse(before).scripts, dev: 'vite --open', lint: 'eslint .' });
  expect(changedScripts(before, after, ['npm test'])).toEqual([]);
  expect(changedScripts(before, manifest({}), ['node --test test/a.test.js'])).toEqual([]);
});
