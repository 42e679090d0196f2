#!/usr/bin/env bash
# Node for the parts in TypeScript. Debian 12 has an older one, so this only says what is needed.
set -euo pipefail
wanted=20
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "Node is missing: install Node $wanted or newer with npm (https://nodejs.org/en/download)" >&2
    exit 1
fi
major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$major" -lt "$wanted" ]; then
    echo "Node $(node --version) is too old: install Node $wanted or newer (https://nodejs.org/en/download)" >&2
    exit 1
fi
