#!/usr/bin/env bash
# What the web UI weighs and how fast its pages are, beside their budgets: in a real browser, on the made-up installation of its tests.
# Like every row here it only says so: what is above its budget is marked, and fails nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${KRAKEN_BROWSER:-}" = none ]; then
    echo "!! the web UI was NOT measured: KRAKEN_BROWSER=none" >&2
    exit 0
fi
tests/setup/ensure-ui.sh --must
tests/setup/ensure-chromium.sh
cd ui
npm run --silent measure:built || echo "!! above a budget: see the lines marked as missed" >&2
