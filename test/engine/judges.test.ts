import { expect, test } from 'vitest';
import { judges } from '../../src/engine/attempt/judges.ts';

const NONE = { all: [], passed: [] };
const by = (command: string) => ({ all: [command], passed: [command] });

test.each([
  '.github/workflows/ci.yml',
  '.github/actions/a/action.yml',
  '.gitlab-ci.yml',
  '.husky/pre-push',
])('I4 CI and hooks may be added, but not weakened unseen: %s', (path) => {
  expect(judges(path, 'adds', by('npm test'))).toBe(false);
  for (const deed of ['changes', 'removes'] as const) expect(judges(path, deed, NONE)).toBe(true);
});

test.each([
  ['vitest.config.ts', 'npx vitest run'],
  ['vitest.workspace.ts', 'vitest'],
  ['packages/a/jest.config.js', 'jest@30'],
  ['.mocharc.json', 'mocha'],
  ['ava.config.js', 'ava'],
  ['playwright.config.ts', 'npx playwright test'],
  ['cypress.config.js', 'cypress run'],
  ['karma.conf.js', 'karma start'],
  ['.nycrc', 'nyc mocha'],
  ['.c8rc.json', 'c8 node --test'],
  ['.taprc', 'tap'],
  ['node.config.json', 'node --test'],
  ['pytest.ini', 'python3.12 -m pytest'],
  ['tox.ini', 'tox'],
  ['tests/conftest.py', 'pytest tests/test_a.py'],
  ['.coveragerc', 'coverage run a.py'],
  ['sitecustomize.py', 'python3 -m unittest'],
  ['pytest.py', 'python3 -m pytest'],
])('I4 settings of a test runner are the judge: %s of %s', (path, command) => {
  expect(judges(path, 'changes', NONE)).toBe(true);
  expect(judges(path, 'removes', NONE)).toBe(true);
  expect(judges(path, 'adds', by(command))).toBe(true);
  expect(judges(path, 'adds', { all: [command], passed: [] })).toBe(false);
});

test.each([
  ['vite.config.ts', 'vitest run'],
  ['babel.config.js', 'jest'],
  ['pyproject.toml', 'python3 -m pytest'],
  ['setup.cfg', 'pytest'],
  ['Makefile', 'make test'],
  ['GNUmakefile', 'make test'],
  ['build/a.mk', 'make test'],
  ['justfile', 'just test'],
  ['Taskfile.yml', 'task test'],
  ['Rakefile', 'rake test'],
  ['phpunit.xml', 'vendor/bin/phpunit'],
  ['Cargo.toml', 'cargo test'],
  ['.cargo/config.toml', 'cargo test'],
  ['pom.xml', './mvnw verify'],
  ['app/build.gradle.kts', './gradlew test'],
  ['deno.json', 'deno test'],
  ['turbo.json', 'turbo run test'],
  ['tsconfig.json', 'tsc --noEmit'],
  ['eslint.config.js', 'eslint .'],
  ['biome.json', 'biome check'],
  ['.flake8', 'flake8'],
])('I4 a file of several uses judges where a check runs its program: %s of %s', (path, command) => {
  expect(judges(path, 'changes', by(command))).toBe(true);
  expect(judges(path, 'adds', by(command))).toBe(true);
  expect(judges(path, 'changes', NONE)).toBe(false);
  expect(judges(path, 'adds', { all: [command], passed: [] })).toBe(false);
});

test.each(['src/a.js', 'test/new.test.js', 'README.md', 'src/vite.js'])(
  'the product is free: %s',
  (path) => {
    for (const deed of ['adds', 'changes', 'removes'] as const)
      expect(judges(path, deed, by('npm test && vitest && pytest && make'))).toBe(false);
  },
);
