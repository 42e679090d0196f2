#!/bin/sh
# cargo-deny, built once. The debug build starts as fast and takes a third of the time to make.
set -eu
cargo deny --version >/dev/null 2>&1 && exit 0
echo "building cargo-deny (once)"
cargo install --locked --debug --quiet cargo-deny
