#!/usr/bin/env bash
# Builds the web UI that goes into `kraken`, when it is missing or older than its sources. A machine without Node builds everything else:
# then this says so, and `kraken up` serves a page that says so, too. With --must, that is an error.
set -euo pipefail
cd "$(dirname "$0")/../.."
stamp=ui/.cache/stamp
built=ui/dist/index.html

newer() {
    [ -f "$built" ] && [ -f "$stamp" ] || return 0
    [ -n "$(find ui/src ui/public ui/scripts ui/index.html ui/vite.config.ts ui/package.json ui/package-lock.json -newer "$stamp" -print -quit)" ]
}
newer || exit 0

if ! tests/setup/ensure-node.sh; then
    if [ "${1:-}" = --must ]; then exit 1; fi
    echo "!! no web UI in this build: see above, then build again" >&2
    exit 0
fi
echo "== building the web UI"
# What changes while it is built is newer than this.
mkdir -p ui/.cache
touch ui/.cache/begun
if [ ! -d ui/node_modules ] || [ ui/package-lock.json -nt ui/node_modules/.package-lock.json ]; then
    (cd ui && npm ci --no-audit --no-fund --silent)
fi
(cd ui && npm run --silent build >.cache/build.log 2>&1) || { cat ui/.cache/build.log >&2; exit 1; }
mv ui/.cache/begun "$stamp"
