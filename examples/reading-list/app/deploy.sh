#!/bin/sh
# Installs this version into $DEPLOY_DIR (or the first argument):
#   releases/<time>-<pid>   the program, never changed again
#   current                 a link to the release in use, replaced in one step
#   previous                the one before: `ln -sfn "$(readlink previous)" current` undoes a deploy
#   data/                   the links, shared by all releases
# Run it with: node $DEPLOY_DIR/current/src/main.js --data $DEPLOY_DIR/data/links.json
set -eu
target="${1:-${DEPLOY_DIR:?set DEPLOY_DIR or give a folder}}"
source="$(cd "$(dirname "$0")" && pwd)"

mkdir -p "$target/releases" "$target/data"
target="$(cd "$target" && pwd)"
release="releases/$(date -u +%Y%m%d%H%M%S)-$$"
unfinished="$target/$release.unfinished"
trap 'rm -rf "$unfinished"' EXIT

mkdir "$unfinished"
cp -R "$source/package.json" "$source/src" "$source/public" "$source/scripts" "$source/smoke.sh" "$unfinished/"
mv "$unfinished" "$target/$release"

# A rename replaces the link in one step: there is never a moment without a version.
replace_link() {
  ln -sfn "$1" "$target/.$2.new"
  node -e 'require("node:fs").renameSync(process.argv[1], process.argv[2])' "$target/.$2.new" "$target/$2"
}

if [ -L "$target/current" ]; then
  replace_link "$(readlink "$target/current")" previous
fi
replace_link "$release" current

echo "Deployed $release to $target"
