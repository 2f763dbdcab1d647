import { gitCheckoutCheck, gitConfigCheck, gitStashCheck } from '../check-git.ts';
import type { Commands, Spec } from '../spec.ts';

const DIFF =
  '-# -p -u -U= -s -w -b -M -C -R -z -a -S= -G= -O=read -l= --patch --no-patch --unified= --stat=? --numstat --shortstat --dirstat=? --summary --name-only --name-status --cached --staged --color=? --no-color --word-diff=? --word-diff-regex= --check --exit-code --quiet --diff-filter= --ignore-all-space --ignore-space-change --ignore-space-at-eol --ignore-blank-lines --no-renames --find-renames=? --find-copies=? --minimal --patience --histogram --diff-algorithm= --raw --full-index --binary --abbrev=? --no-index --relative=? --no-prefix --src-prefix= --dst-prefix= --inter-hunk-context= --function-context -W --text --no-ext-diff --no-textconv --merge-base --compact-summary --pickaxe-all --pickaxe-regex --submodule=? --line-prefix=';
const LOG = `${DIFF} -n= -g -c -i -E -F -L= --oneline --graph --all --decorate=? --no-decorate --pretty=? --format= --date= --since= --until= --after= --before= --author= --committer= --grep= --max-count= --skip= --reverse --follow --merges --no-merges --first-parent --branches=? --tags=? --remotes=? --abbrev-commit --no-abbrev-commit --topo-order --date-order --ancestry-path --cherry --cherry-pick --left-right --boundary --show-signature --no-walk=? --walk-reflogs --invert-grep --regexp-ignore-case --simplify-by-decoration --source --full-history -m --all-match --exclude= --not --parents --children --count`;

const HISTORY: Commands = {
  status: {
    options:
      '-s -b -u=? -v -z --short --branch --porcelain=? --untracked-files=? --ignored=? --long --show-stash --ahead-behind --verbose --no-renames',
    operands: 'tool',
  },
  diff: { guarded: true, options: DIFF, operands: 'tool' },
  log: { guarded: true, options: LOG, operands: 'tool' },
  show: { guarded: true, options: LOG, operands: 'tool' },
  shortlog: {
    guarded: true,
    options: '-s -n -e -c --summary --numbered --email --since= --until= --all --no-merges',
    operands: 'tool',
  },
  blame: {
    guarded: true,
    options:
      '-L= -l -s -t -w -M -C -e -f -n -p --date= --porcelain --line-porcelain --root --show-email',
    operands: 'tool',
  },
  describe: {
    options:
      '--tags --always --all --long --abbrev= --dirty=? --exact-match --match= --exclude= --contains --candidates= --first-parent',
    operands: 'tool',
  },
  'rev-parse': {
    options:
      '-q --verify --short=? --abbrev-ref=? --show-toplevel --show-prefix --show-cdup --git-dir --git-common-dir --absolute-git-dir --is-inside-work-tree --is-inside-git-dir --is-bare-repository --is-shallow-repository --symbolic-full-name --all --branches=? --tags=? --quiet --show-superproject-working-tree --path-format= --sq --symbolic',
    operands: 'tool',
  },
  'rev-list': { guarded: true, options: LOG, operands: 'tool' },
  'ls-files': {
    options:
      '-c -d -m -o -i -s -u -t -v -z -x= --cached --deleted --modified --others --ignored --stage --unmerged --exclude= --exclude-standard --error-unmatch --full-name --directory --no-empty-directory --eol --deduplicate --exclude-per-directory=',
    operands: 'tool',
  },
  'ls-tree': {
    options:
      '-r -d -t -l -z --name-only --name-status --long --full-name --full-tree --abbrev=? --object-only --format=',
    operands: 'tool',
  },
  'cat-file': { guarded: true, options: '-p -t -s -e', operands: 'tool' },
  'merge-base': {
    options: '-a --all --is-ancestor --octopus --fork-point --independent',
    operands: 'tool',
  },
  'show-ref': {
    options:
      '-s -d -q --head --heads --tags --branches --verify --hash=? --abbrev=? --dereference --quiet',
    operands: 'tool',
  },
  'for-each-ref': {
    options:
      '--format= --sort= --count= --merged=? --no-merged=? --contains=? --points-at= --color=?',
    operands: 'tool',
  },
  'name-rev': { options: '--name-only --tags --refs= --always --all', operands: 'tool' },
  'diff-tree': {
    guarded: true,
    options: `${DIFF} -r -t -m --root --no-commit-id --pretty=? --format= --stdin -c --cc`,
    operands: 'tool',
  },
  'diff-index': { guarded: true, options: DIFF, operands: 'tool' },
  'diff-files': { guarded: true, options: DIFF, operands: 'tool' },
  'check-ignore': {
    options: '-v -q -n --verbose --quiet --no-index --non-matching',
    operands: 'tool',
  },
  'check-attr': { options: '-a --all --cached', operands: 'tool' },
  'count-objects': { options: '-v -H --verbose --human-readable' },
  'hash-object': { options: '-t= --stdin', operands: 'tool' },
  fsck: { options: '--full --no-dangling --connectivity-only' },
  grep: {
    guarded: true,
    options:
      '-# -n -i -l -L -c -v -w -h -H -o -q -E -F -G -P -e= -A= -B= -C= -W -p --cached --untracked --no-index --line-number --ignore-case --files-with-matches --name-only --count --heading --break --color=? --extended-regexp --fixed-strings --perl-regexp --all-match --max-depth= --and --or --not --only-matching --show-function --function-context',
    operands: 'text',
  },
  reflog: { guarded: true, options: LOG, operands: 'text' },
  version: {},
};

const WORK: Commands = {
  init: { options: '-q -b= --quiet --initial-branch=', operands: 'write' },
  add: {
    options:
      '-A -u -n -v -f -N -p --all --update --no-all --dry-run --verbose --force --intent-to-add --ignore-errors --patch --renormalize --chmod= --refresh',
    operands: 'tool',
  },
  commit: {
    options:
      '-m= -a -q -v -s -F=read -C= -c= --message= --all --quiet --amend --no-edit --allow-empty --allow-empty-message --author= --date= --signoff --file=read --only --include --fixup= --squash= --reuse-message= --dry-run --short --porcelain --status --no-status --no-gpg-sign --trailer= --cleanup= --verbose --reset-author --no-verify -n --patch -p -o -i --no-signoff',
    operands: 'tool',
  },
  branch: {
    options:
      '-a -r -v -vv -l -d -m -c -q -u= -i --all --remotes --verbose --list --delete --move --copy --show-current --contains=? --no-contains=? --merged=? --no-merged=? --sort= --format= --column=? --points-at= --color=? --quiet --ignore-case --track=? --no-track --set-upstream-to= --unset-upstream --abbrev=?',
    operands: 'text',
  },
  checkout: {
    guarded: true,
    options:
      '-b= -B= -q -t -l -d --quiet --track=? --no-track --detach --orphan= --guess --no-guess',
    operands: 'text',
    check: gitCheckoutCheck,
  },
  switch: {
    guarded: true,
    options:
      '-c= -C= -q -t -d --create= --force-create= --quiet --track=? --no-track --detach --orphan= --guess --no-guess',
    operands: 'text',
  },
  restore: { options: '-S -q --staged --quiet', operands: 'tool', check: gitCheckoutCheck },
  reset: {
    guarded: true,
    options: '-q -N -p --soft --mixed --quiet --patch --intent-to-add',
    operands: 'tool',
  },
  rm: {
    options: '-r -f -n -q --cached --dry-run --ignore-unmatch --quiet --force',
    operands: 'remove',
  },
  mv: { options: '-f -k -n -v --force --dry-run --verbose', operands: 'write' },
  stash: {
    guarded: true,
    options:
      '-u -a -k -q -p -m= -S --include-untracked --all --keep-index --no-keep-index --quiet --patch --message= --staged --index --stat --name-only --name-status',
    operands: 'text',
    check: gitStashCheck,
  },
  tag: {
    options:
      '-l -a -m= -n=? -v -f -d -s -F=read --list --annotate --message= --sort= --contains=? --merged=? --points-at= --format= --delete --file=read',
    operands: 'text',
  },
  merge: {
    options:
      '-m= -q -v -n -X= -s= --no-ff --ff --ff-only --squash --no-commit --commit --no-edit --abort --continue --quit --message= --quiet --stat --no-stat --strategy-option= --allow-unrelated-histories --log=? --signoff --no-verify',
    operands: 'text',
  },
  rebase: {
    guarded: true,
    options:
      '-q -v -X= -f --onto= --abort --continue --skip --quit --autosquash --no-autosquash --autostash --no-autostash --root --keep-empty --rebase-merges=? --quiet --strategy-option= --fork-point --no-fork-point --show-current-patch --update-refs',
    operands: 'text',
  },
  'cherry-pick': {
    options:
      '-n -x -m= -s -X= --no-commit --abort --continue --skip --quit --mainline= --signoff --allow-empty --keep-redundant-commits --strategy-option= --no-edit',
    operands: 'text',
  },
  revert: {
    options:
      '-n -m= -s --no-commit --no-edit --abort --continue --skip --quit --mainline= --signoff',
    operands: 'text',
  },
  apply: {
    guarded: true,
    options:
      '-v -R -p= -3 --check --stat --numstat --summary --index --cached --reverse --verbose --3way --whitespace= --reject --recount --include= --exclude= --directory=',
    operands: 'read',
  },
  am: {
    guarded: true,
    options:
      '-3 -k -s --abort --continue --skip --quit --3way --keep --signoff --keep-cr --show-current-patch',
    operands: 'read',
  },
  'format-patch': {
    guarded: true,
    options:
      '-# -n= -k -o=write --stdout --output-directory=write --cover-letter --signoff --no-stat --root',
    operands: 'text',
  },
  archive: {
    guarded: true,
    options:
      '-o=write -v --output=write --format= --prefix= --verbose --worktree-attributes -l --list',
    operands: 'tool',
  },
  bisect: {
    subcommands: each('start good bad new old reset skip log view terms', { operands: 'text' }),
  },
  worktree: { subcommands: { list: { options: '-v --porcelain' }, prune: { options: '-n -v' } } },
  notes: { subcommands: each('list show add append', { options: '-m= -f', operands: 'text' }) },
  remote: {
    options: '-v --verbose',
    subcommands: {
      '': {},
      show: { options: '-n', operands: 'text' },
      'get-url': { options: '--all --push', operands: 'text' },
    },
  },
  gc: { options: '-q --quiet --auto' },
  config: {
    options:
      '-l --list --get --get-all --get-regexp --global --local --add --unset --bool --int --type= --show-origin --show-scope --name-only --default= -z --replace-all --unset-all',
    operands: 'text',
    guarded: true,
    check: gitConfigCheck,
  },
};

const REFUSED: Commands = {
  ...each(
    'push pull fetch clone ls-remote submodule request-pull send-email remote-https daemon svn p4',
    {
      never: 'Commit only: there is no network but package registries, and the harness publishes.',
    },
  ),
  ...each('clean filter-branch filter-repo update-ref gui citool prune repack replace', {
    never: 'Remove what you made with rm, by name; history is not rewritten here.',
  }),
  ...each('help difftool mergetool web--browse instaweb', {
    never: 'It opens another program: use git COMMAND -h, or git diff.',
  }),
};

function each(names: string, spec: Spec): Commands {
  return Object.fromEntries(names.split(' ').map((name) => [name, spec]));
}

/** git: what looks, and what changes the session's own clone. Nothing that publishes or fetches. */
export const GIT: Commands = Object.freeze({
  git: {
    options: '-C=inside -P --no-pager --version -v --no-optional-locks --literal-pathspecs',
    posix: true,
    guarded: true,
    subcommands: { ...HISTORY, ...WORK, ...REFUSED },
  },
});

/** The part of git that may run inside of $( ). */
export const GIT_FACTS: Commands = Object.freeze({
  git: {
    options: '--no-pager',
    posix: true,
    guarded: true,
    subcommands: Object.fromEntries(
      ['rev-parse', 'ls-files', 'describe', 'merge-base', 'log', 'diff', 'status', 'branch'].map(
        (name) => [name, { ...HISTORY, ...WORK }[name] ?? {}],
      ),
    ),
  },
});
