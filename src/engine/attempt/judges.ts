import { covers } from '../../safety/fence/protected.ts';

/** Files that judge the project beside the harness, and which programs let them. */
interface JudgeRow {
  readonly files: readonly string[];
  /** Programs that read them: one that is added overrides what checks of these programs used before. */
  readonly readBy: readonly string[];
  /** Files with other purposes judge only where a check runs one of the programs. */
  readonly onlyThen?: true;
}

const JAVASCRIPT_TESTS = ['vitest', 'jest', 'mocha', 'ava', 'playwright', 'karma', 'cypress'];
const PYTHON = ['python', 'pytest', 'py.test', 'unittest', 'tox', 'nox', 'uv', 'poetry', 'hatch'];

/** What an agent must not weaken unseen. A row without programs is free to be added. */
const JUDGES: readonly JudgeRow[] = [
  {
    files: [
      '.github/workflows/**',
      '.github/actions/**',
      '.gitlab-ci.yml',
      '.circleci/**',
      'azure-pipelines.yml',
      'Jenkinsfile',
      '.husky/**',
      'lefthook.yml',
      '.pre-commit-config.yaml',
    ],
    readBy: [],
  },
  {
    files: ['**/vitest.{config,workspace,projects,setup}.*', '**/vitest.{config,workspace}.*.*'],
    readBy: ['vitest'],
  },
  { files: ['**/vite.config.*'], readBy: ['vitest'], onlyThen: true },
  { files: ['**/jest.{config,setup}.*', '**/jest-*.config.*'], readBy: ['jest'] },
  { files: ['**/.mocharc', '**/.mocharc.*', '**/mocha.opts'], readBy: ['mocha'] },
  { files: ['**/ava.config.*'], readBy: ['ava'] },
  { files: ['**/playwright.config.*', '**/playwright-*.config.*'], readBy: ['playwright'] },
  { files: ['**/cypress.config.*', '**/cypress.json'], readBy: ['cypress'] },
  { files: ['**/karma.{config,conf}.*'], readBy: ['karma', 'ng'] },
  {
    files: ['**/.c8rc', '**/.c8rc.*', '**/.nycrc', '**/.nycrc.*', '**/nyc.config.*'],
    readBy: ['c8', 'nyc'],
  },
  { files: ['**/.taprc', '**/jasmine.json', '**/wdio.conf.*'], readBy: ['tap', 'jasmine', 'wdio'] },
  { files: ['**/node.config.json'], readBy: ['node'] },
  {
    files: ['**/babel.config.*', '**/.babelrc', '**/.babelrc.*'],
    readBy: ['jest'],
    onlyThen: true,
  },
  {
    files: [
      '**/pytest.ini',
      '**/.pytest.ini',
      '**/pytest.toml',
      '**/tox.ini',
      '**/noxfile.py',
      '**/conftest.py',
    ],
    readBy: PYTHON,
  },
  { files: ['**/.coveragerc'], readBy: [...PYTHON, 'coverage'] },
  { files: ['**/pyproject.toml', '**/setup.cfg'], readBy: PYTHON, onlyThen: true },
  {
    files: [
      '**/sitecustomize.py',
      '**/usercustomize.py',
      '{pytest,_pytest,unittest,coverage}{,.py}',
    ],
    readBy: PYTHON,
  },
  {
    files: ['**/{GNUmakefile,makefile,Makefile}', '**/*.mk'],
    readBy: ['make', 'gmake'],
    onlyThen: true,
  },
  { files: ['**/{justfile,.justfile}'], readBy: ['just'], onlyThen: true },
  { files: ['**/{Taskfile,taskfile}.{yml,yaml}'], readBy: ['task'], onlyThen: true },
  {
    files: ['**/Rakefile', '**/.rspec', '**/.simplecov'],
    readBy: ['rake', 'rspec', 'bundle'],
    onlyThen: true,
  },
  {
    files: ['**/phpunit.xml', '**/phpunit.xml.dist', '**/composer.json'],
    readBy: ['phpunit', 'composer'],
    onlyThen: true,
  },
  {
    files: ['**/Cargo.toml', '**/.cargo/**', '**/.config/nextest.toml'],
    readBy: ['cargo'],
    onlyThen: true,
  },
  { files: ['**/pom.xml', '**/.mvn/**', '**/mvnw'], readBy: ['mvn', 'mvnw'], onlyThen: true },
  {
    files: [
      '**/*.gradle',
      '**/*.gradle.kts',
      '**/gradle.properties',
      '**/gradlew',
      'gradle/wrapper/**',
    ],
    readBy: ['gradle', 'gradlew'],
    onlyThen: true,
  },
  { files: ['**/deno.{json,jsonc}'], readBy: ['deno'], onlyThen: true },
  {
    files: ['**/{turbo,nx,lerna}.json', '**/project.json'],
    readBy: ['turbo', 'nx', 'lerna'],
    onlyThen: true,
  },
  {
    files: ['**/{tsconfig,tsconfig.*}.json', '**/tsconfig-*.json'],
    readBy: ['tsc', 'vue-tsc'],
    onlyThen: true,
  },
  {
    files: ['**/eslint.config.*', '**/.eslintrc', '**/.eslintrc.*', '**/.eslintignore'],
    readBy: ['eslint'],
    onlyThen: true,
  },
  {
    files: ['**/.oxlintrc.json', '**/biome.{json,jsonc}'],
    readBy: ['oxlint', 'biome'],
    onlyThen: true,
  },
  {
    files: [
      '**/{ruff.toml,mypy.ini}',
      '**/.ruff.toml',
      '**/.mypy.ini',
      '**/.flake8',
      '**/.pylintrc',
    ],
    readBy: ['ruff', 'mypy', 'flake8', 'pylint'],
    onlyThen: true,
  },
];

/** Keys of a `package.json` that set a judge, and no product, going. */
export const MANIFEST_JUDGES: readonly string[] = [
  ...JAVASCRIPT_TESTS,
  'c8',
  'nyc',
  'tap',
  'jasmine',
  'eslintConfig',
  'xo',
  'wireit',
  'nx',
  'config',
];

/** The commands of checks, with what the scripts that they name hold. */
export interface AgreedCommands {
  /** Of every check that was agreed. */
  readonly all: readonly string[];
  /** Of those that main passes already: what is added to main can only be meant for them. */
  readonly passed: readonly string[];
}

/** Whether adding, changing or removing this file needs a person's word. */
export function judges(
  path: string,
  deed: 'adds' | 'changes' | 'removes',
  commands: AgreedCommands,
): boolean {
  return JUDGES.some(({ files, readBy, onlyThen }) => {
    if (!files.some((glob) => covers(glob, path))) return false;
    if (deed === 'adds') return runsOneOf(readBy, commands.passed);
    return onlyThen !== true || runsOneOf(readBy, commands.all);
  });
}

function runsOneOf(programs: readonly string[], commands: readonly string[]): boolean {
  return commands.some((command) =>
    wordsOf(command).some((word) => programs.includes(programIn(word))),
  );
}

/** `node_modules/.bin/jest`, `jest@30` and `python3.12` are `jest` and `python`. */
function programIn(word: string): string {
  const name = word.replace(/^.*\//, '').replace(/@.*$/, '');
  return name.replace(/^(python|pypy)[\d.]+$/, 'python');
}

/** Words of shell commands: what stands between blanks, quotes and operators. */
export function wordsOf(command: string): readonly string[] {
  return command
    .split(/[\s'"`;&|()<>=,{}]+/)
    .map((word) => word.replace(/^(\.\/)+/, '').replace(/::.*$/, ''))
    .filter((word) => word !== '');
}
