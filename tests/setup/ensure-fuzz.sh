#!/bin/sh
# cargo-fuzz, built once.
set -eu
cargo fuzz --help >/dev/null 2>&1 && exit 0
echo "building cargo-fuzz (once)"
cargo install --locked --quiet cargo-fuzz
