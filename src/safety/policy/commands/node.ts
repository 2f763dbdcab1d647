import { envCheck, linesCheck, packageCheck, restCheck, scriptCheck } from '../check-wrappers.ts';
import { npmConfigCheck, npmRunCheck, packagesCheck } from '../check-npm.ts';
import type { Commands, Spec } from '../spec.ts';

const NPM_COMMON =
  '-w= -ws -s -d -q -f -y --workspace= --workspaces --include-workspace-root --if-present --silent --quiet --loglevel= --prefix=inside -C=inside --no-audit --audit --no-fund --fund --prefer-offline --prefer-online --offline --ignore-scripts --json --force --legacy-peer-deps --no-progress --progress=? --verbose --yes --no --dry-run --parseable --long --color=? --no-color --foreground-scripts --no-update-notifier --no-workspaces --engine-strict --no-package-lock --timing --strict-peer-deps --no-bin-links';
const NPM_INSTALL = `${NPM_COMMON} -D -S -E -O -g -P -B --save --save-dev --save-exact --save-optional --save-peer --save-prod --no-save --production --omit= --include= --global --no-optional --only= --package-lock-only --dev --install-links --tag= --before= --cpu= --os= --libc= --install-strategy= --audit-level= --save-bundle --depth= --link --no-shrinkwrap`;

const RUNS: Spec = { options: NPM_COMMON, operands: 'text', posix: true, check: npmRunCheck };
const INSTALLS: Spec = { options: NPM_INSTALL, operands: 'tool', check: packagesCheck };
const LOOKS: Spec = { options: NPM_INSTALL, operands: 'text' };

const PUBLISHES: Spec = { never: 'The harness publishes: commit only.' };
const OWN_CODE: Spec = { operands: 'tool', loose: true };
const SCRIPT: Spec = { operands: 'text', loose: true, check: scriptCheck };

function each(names: string, spec: Spec): Commands {
  return Object.fromEntries(names.split(' ').map((name) => [name, spec]));
}

const REFUSED = each(
  'publish unpublish login logout adduser add-user token owner access dist-tag dist-tags deprecate undeprecate star stars unstar org team hook profile whoami trust stage',
  PUBLISHES,
);

/** npm, without running packages by their name. */
export const NPM: Commands = Object.freeze({
  npm: {
    options: `${NPM_COMMON} -v --version -h --help`,
    posix: true,
    subcommands: {
      ...each('run run-script rum urn test t tst it start stop restart', RUNS),
      ...each(
        'install i in ins add ci clean-install ic uninstall remove rm r un unlink update up upgrade udpate install-test cit install-clean',
        INSTALLS,
      ),
      ...each(
        'ls list ll la outdated view info show v explain why audit fund dedupe ddp find-dupes prune rebuild rb query sbom doctor ping bin root prefix search pack version help completion shrinkwrap link ln',
        LOOKS,
      ),
      pkg: {
        options: NPM_COMMON,
        subcommands: each('get set delete fix', { options: NPM_COMMON, operands: 'text' }),
      },
      cache: {
        options: NPM_COMMON,
        subcommands: each('verify clean ls', { options: NPM_COMMON, operands: 'text' }),
      },
      config: {
        options: `${NPM_COMMON} -l -g --location=`,
        operands: 'text',
        check: npmConfigCheck,
      },
      ...REFUSED,
      ...each('explore edit docs home repo bugs issues', {
        never: 'It opens another program: read the files in node_modules.',
      }),
    },
  },
});

/** What makes npm run packages of the registry by their name. */
export const NPM_PACKAGES: Commands = Object.freeze({
  ...each('exec x', {
    options: `${NPM_COMMON} -p= --package=`,
    operands: 'text',
    posix: true,
    check: packageCheck,
  }),
  ...each('init create innit', {
    options: `${NPM_INSTALL} -p= --package= --scope= --init-author-name= --init-license=`,
    operands: 'tool',
    posix: true,
    check: packagesCheck,
  }),
});

const PNPM_LIKE = {
  options:
    '-r -w -C=inside -F= -s -D -P --filter= --filter-prod= --recursive --workspace-root --dir=inside --cwd=inside --parallel --stream --sequential --no-bail --if-present --silent --reporter= --reporter-hide-prefix --aggregate-output --color --no-color --loglevel= --workspace-concurrency= --resume-from= --no-sort --sort --use-stderr --version -v --help -h --offline --prefer-offline --frozen-lockfile --prod --dev --changed-files-ignore-pattern= --fail-if-no-match --include-workspace-root --top-level --json --verbose --no-lockfile --ignore-scripts --non-interactive --production --immutable --immutable-cache --check-cache --network-timeout= --ignore-engines --ignore-optional --shamefully-hoist --no-frozen-lockfile --no-verify-store-integrity --strict-peer-dependencies',
  posix: true as const,
};

const PNPM_SUBCOMMANDS: Commands = {
  '': INSTALLS,
  ...each('run run-script test t tst start stop restart', OWN_CODE),
  ...each('exec', { options: '-r -c', operands: 'text', posix: true, check: restCheck }),
  ...each('dlx', {
    options: '-p= --package= -s --silent -q --quiet',
    operands: 'text',
    posix: true,
    check: packageCheck,
  }),
  ...each('create', { operands: 'tool', posix: true, loose: true, check: packagesCheck }),
  ...each(
    'add install i remove rm uninstall un update up upgrade upgrade-interactive link unlink ci',
    {
      operands: 'tool',
      loose: {
        but: '--global-dir --registry --store-dir --modules-dir --virtual-store-dir --config.registry',
      },
      check: packagesCheck,
    },
  ),
  ...each('config c', {
    options: '-g --global --location= --json',
    operands: 'text',
    check: npmConfigCheck,
  }),
  ...each('env server self-update setup plugin npm set', {
    never: 'It changes the package manager: the operator sets it up.',
  }),
  ...REFUSED,
};

/** pnpm and yarn run a project's scripts by their bare name. */
export const PNPM_YARN: Commands = Object.freeze({
  pnpm: { ...PNPM_LIKE, subcommands: PNPM_SUBCOMMANDS, other: SCRIPT },
  yarn: { ...PNPM_LIKE, subcommands: PNPM_SUBCOMMANDS, other: SCRIPT },
  corepack: { subcommands: { enable: { operands: 'text' } } },
  bun: {
    ...PNPM_LIKE,
    options: '-v -b -i --version --watch --hot --filter= --bun --silent --cwd=inside --revision',
    subcommands: {
      ...PNPM_SUBCOMMANDS,
      x: { options: '--bun -y', operands: 'text', posix: true, check: packageCheck },
    },
    other: SCRIPT,
  },
  bunx: { options: '--bun -y --yes', operands: 'text', posix: true, check: packageCheck },
});

/** Node's interpreter, and what runs packages or lines of shell. */
export const NODE: Commands = Object.freeze({
  node: {
    options: '-e= -p= -pe= --eval= --print= -r=tool --require=tool --import=tool -c --check',
    operands: 'tool',
    loose: true,
  },
});

/** Programs that run other programs in a Node project. */
export const NODE_RUNNERS: Commands = Object.freeze({
  npx: {
    options:
      '-y -p= -q -s -w= --yes --package= --no --no-install --quiet --silent --prefer-offline --prefer-online --offline --ignore-existing --version --workspace= --loglevel=',
    operands: 'text',
    posix: true,
    check: packageCheck,
  },
  'cross-env': { operands: 'text', posix: true, check: envCheck },
  'cross-env-shell': { operands: 'text', posix: true, check: envCheck },
  dotenv: {
    options: '-e=read -v= -c=? -o --override --debug',
    operands: 'text',
    posix: true,
    check: restCheck,
  },
  'dotenv-cli': {
    options: '-e=read -v= -c=? -o --override',
    operands: 'text',
    posix: true,
    check: restCheck,
  },
  'xvfb-run': { options: '-a --auto-servernum', operands: 'text', posix: true, check: restCheck },
  concurrently: {
    options:
      '-n= -c= -k -s= -r -g -m= -i -l= -p= --names= --prefix-colors= --kill-others --kill-others-on-fail --success= --raw --group --max-processes= --prefix= --handle-input --no-color --restart-tries= --restart-after= --timings --hide= --default-input-target= --pad-prefix',
    operands: 'text',
    check: linesCheck,
  },
});
