import type { Workspace } from './workspace.ts';

/** Where the boxed commands leave their bundles, below the clone's `.git`. */
export const OUT_BUNDLE = 'out.bundle';
/** File in a clone's `.git` that a box leaves what it saved in. */
export const RESCUE_BUNDLE = 'rescue.bundle';
/** What a nested repository's `.git` is called while its files are committed as plain files. */
const SET_ASIDE = '.git.harness';

/** Neither hooks nor programs of the clone's configuration decide what is committed. */
const QUIET_GIT = `
export GIT_NO_REPLACE_OBJECTS=1 GIT_TERMINAL_PROMPT=0 GIT_EDITOR=true
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
export GIT_DIR="$PWD/.git" GIT_WORK_TREE="$PWD"
git() {
  command git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.bare=false \\
    -c commit.gpgSign=false -c gc.auto=0 -c maintenance.auto=false -c core.untrackedCache=false \\
    -c advice.addEmbeddedRepo=false "$@"
}
rm -f .git/index.lock .git/HEAD.lock .git/config.lock .git/packed-refs.lock
find .git/refs -name '*.lock' -type f -exec rm -f {} + 2>/dev/null
`;

/**
 * Commits what the work tree holds on whatever is checked out: a nested repository as plain files,
 * an unfinished merge as it stands. A history that left the base behind is put on top of it.
 */
const COMMIT = `
set -u
base=$1 message=$2
${QUIET_GIT}
rm -rf .git/${OUT_BUNDLE} .git/${OUT_BUNDLE}.part
nested() { find . -path ./.git -prune -o -name "$1" -prune -print0; }
restore() {
  nested ${SET_ASIDE} | xargs -0 -r -n 1 sh -c '
    to="\${1%.harness}"; [ -e "$to" ] || mv "$1" "$to"' sh
}
restore
trap restore EXIT
nested .git | xargs -0 -r -n 1 sh -c 'mv "$1" "$1.harness"' sh
git rev-parse -q --verify 'HEAD^{commit}' >/dev/null || git update-ref --no-deref HEAD "$base"
add() {
  git ls-files -s | sed -n 's/^160000 \\([0-9a-f]*\\) [0-3]/0 \\1 0/p' | git update-index --index-info &&
    git add -A -- . ':(exclude,glob)**/${SET_ASIDE}' ':(exclude,glob)**/${SET_ASIDE}/**'
}
add || { rm -f .git/index && git read-tree HEAD && add; } || exit 3
tree=$(git write-tree) || exit 3
head=$(git rev-parse HEAD) || exit 3
if [ "$tree" != "$(git rev-parse 'HEAD^{tree}')" ] || [ -f .git/MERGE_HEAD ]; then
  merged=$(git rev-parse -q --verify MERGE_HEAD)
  head=$(git commit-tree "$tree" -p "$head" \${merged:+-p "$merged"} -m "$message") || exit 4
  git update-ref HEAD "$head" || git update-ref --no-deref HEAD "$head"
  rm -f .git/MERGE_HEAD .git/MERGE_MSG .git/MERGE_MODE
fi
git merge-base --is-ancestor "$base" "$head" || {
  head=$(git commit-tree "$tree" -p "$base" -m "$message") || exit 4
}
[ "$head" = "$base" ] || {
  git update-ref refs/harness/out "$head" &&
    git bundle create -q .git/${OUT_BUNDLE}.part "$base..refs/harness/out" &&
    mv .git/${OUT_BUNDLE}.part .git/${OUT_BUNDLE}
} || exit 4
bundle_all "$base" "$head" || : > .git/${RESCUE_BUNDLE}
`;

/**
 * Bundles every commit the clone knows beyond the given ones: branches, stashes, and what only its
 * log remembers. No bundle: there is none. A bundle without anything in it: it could not be made.
 */
const BUNDLE_ALL = `
bundle_all() {
  rm -rf .git/${RESCUE_BUNDLE} .git/${RESCUE_BUNDLE}.part
  beyond=$(git rev-list --max-count=1 --reflog --all HEAD --not "$@" 2>/dev/null) &&
    [ -z "$beyond" ] && return 0
  git log -g --all --max-count=500 --format=%H 2>/dev/null | sort -u | while read -r commit; do
    beyond=$(git rev-list --max-count=1 "$commit" --not "$@" 2>/dev/null) && [ -z "$beyond" ] ||
      git update-ref "refs/harness/seen/$commit" "$commit"
  done
  beyond=$(git rev-list --max-count=1 --all HEAD --not "$@") || return 1
  [ -n "$beyond" ] || return 0
  git bundle create -q .git/${RESCUE_BUNDLE}.part --all HEAD --not "$@" &&
    mv .git/${RESCUE_BUNDLE}.part .git/${RESCUE_BUNDLE}
}
`;

/**
 * What to run inside the box, in the work tree, when an agent is done: commits what is there and
 * bundles it for `importBundle`, and bundles every other commit for `rescue`. Ends with 0 also when
 * nothing changed.
 */
export function commitCommand(workspace: Workspace, message: string): readonly string[] {
  return [
    'sh',
    '-c',
    `cd "$3" || exit 2\n${BUNDLE_ALL}${COMMIT}`,
    'sh',
    workspace.base,
    message,
    workspace.path,
  ];
}

/** What `rescue` runs inside the box to get the clone's own commits out. */
export function bundleAllCommand(workspace: Workspace): readonly string[] {
  const script = `cd "$2" || exit 2\nset -u\n${QUIET_GIT}${BUNDLE_ALL}\nbundle_all "$1"`;
  return ['sh', '-c', script, 'sh', workspace.base, workspace.path];
}
