#!/usr/bin/env bash
# A browser for the tests of the web UI: Debian's chromium, installed as root or with sudo.
set -euo pipefail
browser=${CHROMIUM:-/usr/bin/chromium}
[ -x "$browser" ] && exit 0
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
echo "installing: chromium"
if command -v apt-get >/dev/null && $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends chromium >/dev/null; then
    [ -x "$browser" ] && exit 0
fi
echo "!! no browser at $browser, and it could not be installed: name one by CHROMIUM=…, or leave the browser's tests out by KRAKEN_BROWSER=none" >&2
exit 1
