import { environmentCheck, packageCheck } from '../check-wrappers.ts';
import { packagesCheck } from '../check-npm.ts';
import type { Commands, Spec } from '../spec.ts';

const SOURCES =
  '--index-url -i --extra-index-url --find-links -f --trusted-host --proxy --cert --client-cert --python --target -t --prefix --root --editor --config-settings';
const PIP_INSTALL: Spec = {
  options:
    '-r=read -c=read -e=inside -t=inside -q -U -v --requirement=read --constraint=read --editable=inside --upgrade --quiet --user --no-deps --no-cache-dir --pre --force-reinstall --no-build-isolation --disable-pip-version-check --break-system-packages --group= --no-index --find-links=inside -f=inside --prefer-binary --only-binary= --no-binary= --ignore-installed --require-hashes --dry-run --progress-bar= --root-user-action= --upgrade-strategy= --compile --no-compile --no-input --timeout= --retries= --python-version= --platform= --target=inside --report=write --no-warn-script-location --no-color --verbose --use-pep517 --src=inside',
  operands: 'tool',
  check: packagesCheck,
};
const PIP: Spec = {
  options:
    '-V --version -q -v --quiet --verbose --disable-pip-version-check --no-input --no-color --no-cache-dir --isolated --require-virtualenv',
  posix: true,
  subcommands: {
    install: PIP_INSTALL,
    download: PIP_INSTALL,
    wheel: PIP_INSTALL,
    uninstall: { options: '-y --yes -r=read --requirement=read', operands: 'text' },
    ...each('show list freeze check inspect index hash help debug', {
      operands: 'text',
      loose: { but: SOURCES },
    }),
    cache: { subcommands: each('dir info list purge', { operands: 'text' }) },
    config: { subcommands: each('list get debug', { operands: 'text' }) },
  },
};
const OWN_CODE: Spec = { operands: 'tool', loose: true };
const RUNS: Spec = {
  options:
    '-p= -q -v -s -m --python= --with= --with-editable=inside --with-requirements=read --group= --extra= --only-group= --no-group= --no-dev --dev --locked --frozen --no-sync --isolated --active --project=inside --directory=inside --package= --all-extras --all-groups --all-packages --no-project --env-file=read --no-default-groups --exact --script --module --refresh --upgrade --offline --quiet --verbose --no-editable --no-cache --only-dev --resolution= --no-build --no-binary --reinstall --inexact --no-env-file --prerelease= --no-progress',
  operands: 'text',
  posix: true,
  check: environmentCheck,
};
const UV: Spec = {
  options:
    '-q -v -V --version --quiet --verbose --offline --no-cache --directory=inside --project=inside --no-progress --color= --native-tls --no-config --help -h --no-python-downloads',
  posix: true,
  subcommands: {
    run: RUNS,
    pip: {
      posix: true,
      subcommands: {
        ...PIP.subcommands,
        ...each('install sync compile uninstall tree', {
          operands: 'tool',
          loose: { but: '--index-url -i --extra-index-url --index --default-index' },
          check: packagesCheck,
        }),
      },
    },
    ...each('sync lock add remove init venv build tree export version format', {
      operands: 'tool',
      loose: { but: '--index-url --extra-index-url --index --default-index --publish-url --token' },
      check: packagesCheck,
    }),
    tool: {
      posix: true,
      subcommands: { run: RUNS, ...each('install list upgrade uninstall dir', OWN_CODE) },
    },
    python: { posix: true, subcommands: each('install list find pin dir uninstall', OWN_CODE) },
    cache: { subcommands: each('clean prune dir', { operands: 'text' }) },
    publish: { never: 'The harness publishes: commit only.' },
  },
};
const PUBLISHES: Spec = { never: 'The harness publishes: commit only.' };

function each(names: string, spec: Spec): Commands {
  return Object.fromEntries(names.split(' ').map((name) => [name, spec]));
}

const PYTHON: Spec = { options: '-c= -m= -W= -X=', operands: 'tool', loose: true };

/** Python, its package managers, and what runs inside their environments. */
export const PYTHON_TOOLS: Commands = Object.freeze({
  ...each(
    'python python3 python3.9 python3.10 python3.11 python3.12 python3.13 python3.14 pypy3',
    PYTHON,
  ),
  ...each('pip pip3', PIP),
  uv: UV,
  uvx: {
    ...RUNS,
    check: packageCheck,
    options: `${RUNS.options} --from= --index-url= --extra-index-url=`,
  },
  pipx: {
    options: '--version -q -v',
    posix: true,
    subcommands: {
      run: {
        options: '--spec= --no-cache --python=',
        operands: 'text',
        posix: true,
        check: packageCheck,
      },
      ...each('install list upgrade uninstall ensurepath inject', {
        operands: 'tool',
        loose: true,
        check: packagesCheck,
      }),
    },
  },
  poetry: {
    options:
      '-C=inside -q -v -vv -n --directory=inside --project=inside --version -V --no-ansi --no-interaction --quiet',
    posix: true,
    subcommands: {
      run: { operands: 'text', posix: true, check: environmentCheck },
      ...each(
        'install add remove update lock show check build version init new sync env list search about group export self',
        { operands: 'tool', loose: true, check: packagesCheck },
      ),
      ...each('publish config source', PUBLISHES),
    },
  },
  pdm: {
    options: '-q -v -V --version -p=inside --project=inside',
    posix: true,
    subcommands: {
      run: { options: '-s -p=inside -g', operands: 'text', posix: true, check: environmentCheck },
      ...each('install add remove update lock list show build sync init info use venv', {
        operands: 'tool',
        loose: true,
        check: packagesCheck,
      }),
      ...each('publish config self', PUBLISHES),
    },
    other: OWN_CODE,
  },
  hatch: {
    options: '-q -v -e= --env= --version',
    posix: true,
    subcommands: {
      run: { operands: 'text', posix: true, check: environmentCheck },
      ...each('test fmt build env version dep status shell new python', OWN_CODE),
      publish: PUBLISHES,
    },
  },
  rye: {
    posix: true,
    subcommands: {
      run: { operands: 'text', posix: true, check: environmentCheck },
      ...each('sync lock add remove build test lint fmt init pin show list', OWN_CODE),
      publish: PUBLISHES,
    },
  },
  pipenv: {
    options: '--version',
    posix: true,
    subcommands: {
      run: { operands: 'text', posix: true, check: environmentCheck },
      ...each('install sync lock uninstall update graph check verify', OWN_CODE),
    },
  },
});
