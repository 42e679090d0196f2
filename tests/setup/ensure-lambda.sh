#!/bin/sh
# cargo-lambda and zig from PyPI, at the versions of requirements-lambda.txt, in .kraken/lambda: installed once, and again when the file changes.
set -eu
cd "$(dirname "$0")/../.."
wanted=tests/setup/requirements-lambda.txt
tools=.kraken/lambda
cmp -s "$wanted" "$tools/installed" && exit 0
echo "installing cargo-lambda and zig from PyPI into $tools"
rm -rf "$tools"
if ! python3 -m venv "$tools"; then
    rm -rf "$tools"
    echo "python3 cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2
    exit 1
fi
"$tools/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: -r "$wanted"
# Last: what was broken off is begun anew.
cp "$wanted" "$tools/installed"
