#!/bin/sh
# What the build and the tests need of a Debian machine. Idempotent; installs only what is missing, as root or with sudo.
set -eu

missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need cc gcc
need git git
need curl curl
need jq jq
need ssh-agent openssh-client
need python3 python3

if [ -n "$missing" ]; then
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    echo "installing:$missing"
    $sudo apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

if ! command -v cargo >/dev/null 2>&1; then
    echo "cargo is missing: install Rust 1.95 or later, see https://rustup.rs" >&2
    exit 1
fi
for part in rustfmt clippy; do
    cargo "$([ $part = rustfmt ] && echo fmt || echo $part)" --version >/dev/null 2>&1 || rustup component add "$part"
done
