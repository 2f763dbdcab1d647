#!/bin/sh
# Checks the tools and says how to start. Safe to run again.
set -eu
cd "$(dirname "$0")"

if ! command -v node >/dev/null 2>&1; then
  echo "node is missing: install Node.js 20 or newer" >&2
  exit 1
fi
echo "Ready. Start: npm start (then open http://127.0.0.1:3000). Test: npm test"
