#!/bin/sh
# A real OpenSearch node for tests: installs what building it needs where that is missing (Debian, as root or with sudo), builds it once
# into a cache, and prints the directory that holds it. Idempotent; safe to run at the same time more than once.
#
# With OPENSEARCH_URL set, the tests use that node and don't come here, but for those that kill a node.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

missing=
# 17 or newer. A Java without compiler is not enough to build.
java_major=$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p') || true
if [ "${java_major:-0}" -lt 17 ] || ! command -v java >/dev/null 2>&1; then
    missing="default-jdk-headless"
fi
command -v mvn >/dev/null 2>&1 || missing="$missing maven"
command -v flock >/dev/null 2>&1 || missing="$missing util-linux"
if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "missing: $missing. Install Java 17 or newer (JDK) and Maven, or set OPENSEARCH_URL to a node that tests may use" >&2
        exit 1
    fi
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    echo "installing: $missing" >&2
    $sudo apt-get update -qq >&2
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >&2
fi

cache=${KRAKEN_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kraken}
mkdir -p "$cache"
exec 9>"$cache/opensearch.lock"
flock 9
# What it is built from names it: another version is built beside it.
version=$(cat "$here/node/pom.xml" "$here"/node/src/main/java/kraken/*.java | sha256sum | cut -c1-16)
built=$cache/opensearch-$version
if [ ! -d "$built" ]; then
    echo "building the OpenSearch node for tests (the first time, some 60 MB come from Maven Central)" >&2
    rm -rf "$built.new"
    cp -R "$here/node" "$built.new"
    # The network may fail once; what was fetched is kept.
    (cd "$built.new" && { mvn -q -B -ntp package || mvn -q -B -ntp package; }) >&2 || {
        echo "the OpenSearch node could not be built: is Maven Central reachable? Or set OPENSEARCH_URL to a node that tests may use" >&2
        exit 1
    }
    mv "$built.new" "$built"
fi
echo "$built/target"
