#!/usr/bin/env bash
# Builds the image and tries it, without a registry of images and without a daemon: on a Debian
# base made here, by the tools that engines are made of. As root on Debian; about four minutes.
#
# The base is Debian from this machine's package sources, with Node 24 from the npm package "node" (a
# dependency of the checkout) and the npm of this machine. Everything is removed at the end. Ends
# with 75 where the image can't be built: not root, no Debian.
#
# What stands for what: mmdebstrap for the base of the registry; buildah for the build; runc, which
# engines call as well, for the run, with the security options of docker-compose.yml. Not tried
# here: Compose itself, its network and volumes, AppArmor.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly SUITE=bookworm
readonly NEEDED=(mmdebstrap buildah runc)

say() { echo "image: $*" >&2; }

install_tools() {
  command -v apt-get >/dev/null || return
  local missing=() name
  for name in "${NEEDED[@]}"; do
    command -v "$name" >/dev/null || missing+=("$name")
  done
  [ "${#missing[@]}" -eq 0 ] && return
  say "installs ${missing[*]}"
  apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

if [ "$(id -u)" -ne 0 ]; then
  say "has to run as root: building file systems takes that"
  exit 75
fi
install_tools || { say "${NEEDED[*]} can't be installed" && exit 75; }

scratch="$(mktemp -d)"
build() { buildah --root "$scratch/storage" --runroot "$scratch/run" "$@"; }
clean() {
  build umount --all >/dev/null 2>&1 || true
  # What an overlay leaves mounted would be removed with the rest.
  umount "$scratch/storage/overlay" 2>/dev/null || true
  rm -rf --one-file-system "$scratch"
}
trap clean EXIT

# A Debian with Node 24 and npm, as node:24-bookworm-slim is one.
make_base() {
  local root npm
  build from --name base scratch >/dev/null
  root="$(build mount base)"
  mmdebstrap --quiet --variant=minbase --include=ca-certificates "$SUITE" - | tar -x -C "$root"
  install -m 755 node_modules/node/bin/node "$root/usr/local/bin/node"
  npm="$(dirname "$(dirname "$(realpath "$(command -v npm)")")")"
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -a "$npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
  # Certificates that this machine trusts beyond Debian's.
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  build commit --quiet base base >/dev/null
  build rm base >/dev/null
}

# How npm reaches its registry from here: a secret of one step, in no layer.
npm_settings() {
  cat "${NPM_CONFIG_USERCONFIG:-$HOME/.npmrc}" 2>/dev/null || true
  echo
  echo "registry=$(npm config get registry)"
  echo "cafile=/etc/ssl/certs/ca-certificates.crt"
}

since=$SECONDS
lap() {
  say "$1 took $((SECONDS - since)) s"
  since=$SECONDS
}

make_base
lap "the base"

npm_settings >"$scratch/npmrc"
# Format docker: the other one has no health check.
build bud --quiet --format docker --isolation chroot --build-arg BASE_IMAGE=localhost/base \
  --secret "id=npmrc,src=$scratch/npmrc" --tag harness . >"$scratch/build.log" 2>&1 ||
  { tail -60 "$scratch/build.log" >&2 && exit 1; }
lap "the build"

build from --name harness localhost/harness >/dev/null
HARNESS_IMAGE_ROOT="$(build mount harness)"
HARNESS_IMAGE_INSPECTED="$scratch/inspected.json"
build inspect --type image localhost/harness >"$HARNESS_IMAGE_INSPECTED"
export HARNESS_IMAGE_ROOT HARNESS_IMAGE_INSPECTED
say "$(du -sm --one-file-system "$HARNESS_IMAGE_ROOT" | cut -f1) MB unpacked"

PATH="$PWD/node_modules/.bin:$PATH" vitest run --project image
lap "the trial"
