#!/bin/sh
# What the emulated deployment needs of a Debian machine beside the toolchain. Idempotent; installs only what is missing, as root or with
# sudo. Node and the emulator come from PyPI.
set -eu

missing=
command -v strip >/dev/null 2>&1 || missing="$missing binutils"
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"

if [ -n "$missing" ]; then
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    echo "installing:$missing"
    $sudo apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
