import { databaseCheck, fileCheck, runnerCheck } from '../check-programs.ts';
import { packageCheck } from '../check-wrappers.ts';
import type { Commands, Spec } from '../spec.ts';

/** It runs the project's own code, whatever its options: the box holds it. */
const OWN_CODE: Spec = { operands: 'tool', loose: true };
const PUBLISHES: Spec = { never: 'The harness publishes: commit only.' };

function each(names: string, spec: Spec): Commands {
  return Object.fromEntries(names.split(/\s+/u).map((name) => [name, spec]));
}

/** Tools of JavaScript projects that are known by their bare name. */
const JAVASCRIPT = `tsc tsx ts-node ts-node-dev vue-tsc tsd tsup tsdown unbuild rollup webpack webpack-cli parcel
esbuild swc babel vite vitest vite-node jest mocha ava tap borp tape jasmine karma istanbul codecov-cli
next nuxt nuxi astro svelte-kit svelte-check remix react-router gatsby docusaurus vuepress vitepress eleventy
react-scripts expo electron electron-builder electron-vite electron-forge storybook start-storybook build-storybook
playwright cypress puppeteer wdio testcafe eslint prettier biome oxlint oxfmt stylelint standard xo tslint knip publint attw
depcheck madge size-limit bundlesize api-extractor typedoc jsdoc turbo nx lerna rush wireit changeset
lint-staged husky commitlint markdownlint markdownlint-cli2 cspell alex remark textlint
prisma drizzle-kit typeorm sequelize knex mikro-orm graphql-codegen openapi openapi-typescript orval
serve http-server live-server json-server wait-on
npm-run-all npm-run-all2 run-s run-p rimraf mkdirp cpy cpx copyfiles shx ncp del-cli tailwindcss postcss sass less-watch lessc
autocannon loadtest only-allow patch-package syncpack npm-check-updates ncu license-checker nest ng vue quasar
ember solid qwik wxt plop hygen release-check web-ext vsce tauri capacitor ionic deno fastify express-generator sv create-next-app`;

const PYTHON = `pytest py.test tox nox coverage unittest ruff black isort flake8 pylint pyflakes pycodestyle pydocstyle
mypy pyright basedpyright ty pyre bandit vulture interrogate codespell autopep8 yapf docformatter
pre-commit prek alembic django-admin flask fastapi uvicorn gunicorn hypercorn daphne celery streamlit
jupyter ipython mkdocs sphinx-build sphinx-autobuild pyinstaller cython maturin towncrier bump2version
cookiecutter invoke doit behave locust mutmut pip-compile pip-sync pip-audit safety virtualenv`;

const NATIVE = `cmake ctest ninja meson gcc g++ cc c++ clang clang++ clang-format clang-tidy ld ar nm objdump ldd
go gofmt goimports golangci-lint staticcheck gotestsum rustc rustfmt rustdoc clippy-driver wasm-pack
java javac jar kotlinc kotlin scala scalac sbt ktlint checkstyle
rspec rubocop rails phpunit phpstan composer pint pest
dotnet swift swiftc zig elixir mix rebar3 dune luac luacheck busted
protoc buf pg_isready redis-cli shellcheck shfmt hadolint actionlint yamllint taplo just task
bats tee-junit bc expr tput clear`;

/** Their own words for publishing, refused. */
const CARGO: Spec = {
  options:
    '-q -v -V --version --quiet --verbose --offline --locked --frozen --color= -C=inside --list',
  posix: true,
  subcommands: {
    ...each('publish login logout owner yank', PUBLISHES),
    help: { never: 'Use cargo COMMAND -h.' },
  },
  other: OWN_CODE,
};

const MAKE: Spec = {
  options:
    '-j=? -k -n -s -B -i -q -C=inside -f=inside -l=? --jobs=? --keep-going --dry-run --silent --directory=inside --file=inside --always-make --no-print-directory --output-sync=? --version -v --help -h',
  operands: 'tool',
};

/** Other interpreters run files of the project; what is typed on the line is node's and python's. */
const RUNS_FILES: Spec = {
  options: '-v -V -c -w -W -l --version --help -h -I=tool -r=tool -S=tool -t=tool',
  operands: 'tool',
  posix: true,
  check: fileCheck,
};

/** It runs a command that is somewhere among its words: none of those that are never allowed. */
const RUNS_OTHERS: Spec = { operands: 'tool', loose: true, check: runnerCheck };

const BUNDLE: Spec = {
  options: '--version -v',
  posix: true,
  subcommands: {
    '': OWN_CODE,
    ...each(
      'install add remove update lock list show check outdated info config init cache clean platform',
      OWN_CODE,
    ),
    exec: { operands: 'text', posix: true, check: packageCheck },
  },
};

/** Asks a database; its client's own commands are not for agents. */
const DATABASE: Spec = {
  operands: 'text',
  loose: { but: '-init --init -cmd --cmd' },
  check: databaseCheck,
};

/** What builds, tests and checks a project. */
export const TOOLS: Commands = Object.freeze({
  ...each(JAVASCRIPT, OWN_CODE),
  ...each(PYTHON, OWN_CODE),
  ...each(NATIVE, OWN_CODE),
  ...each('ruby php perl lua groovy', RUNS_FILES),
  ...each('sqlite3 psql mysql', DATABASE),
  ...each('c8 nyc nodemon pm2 start-server-and-test tap tox nox', RUNS_OTHERS),
  rake: {
    operands: 'tool',
    loose: { but: '-p -e -E --execute --execute-print --execute-continue' },
  },
  bundle: BUNDLE,
  bundler: BUNDLE,
  cargo: CARGO,
  make: MAKE,
  gmake: MAKE,
  mvn: {
    options:
      '-q -B -U -o -X -e -f=inside -pl= -am -P= -T= -D= -N -ntp --batch-mode --quiet --offline --no-transfer-progress --version -v',
    posix: true,
    subcommands: each(
      'deploy release:perform release:prepare site-deploy deploy:deploy',
      PUBLISHES,
    ),
    other: OWN_CODE,
  },
  gradle: {
    options:
      '-q -i -s -x= --no-daemon --quiet --info --stacktrace --offline --console= --version -v -P= -D= -p=inside --continue --parallel',
    posix: true,
    subcommands: each('publish publishToMavenLocal uploadArchives publishPlugins', PUBLISHES),
    other: OWN_CODE,
  },
  gem: {
    posix: true,
    subcommands: {
      ...each(
        'install list search info env build check dependency outdated specification',
        OWN_CODE,
      ),
      ...each('push yank owner signin open', PUBLISHES),
    },
  },
  wrangler: { subcommands: each('dev types build check init whoami', OWN_CODE) },
  changeset: {
    posix: true,
    subcommands: { '': {}, ...each('publish', PUBLISHES) },
    other: OWN_CODE,
  },
  lerna: { posix: true, subcommands: each('publish', PUBLISHES), other: OWN_CODE },
  ...each(
    'release-it semantic-release np gh-pages surge twine flit-publish standard-version auto',
    PUBLISHES,
  ),
});
