#!/bin/sh
# Starts what is deployed in $DEPLOY_DIR (or the first argument) on a free port, with data of its own,
# asks whether it is healthy and works, and stops it. Exit status 0: it does.
set -eu
target="${1:-${DEPLOY_DIR:?set DEPLOY_DIR or give a folder}}"
exec node "$target/current/scripts/smoke.js"
