#!/bin/sh
# Ends what `make demo` left running.
set -eu
cd "$(dirname "$0")/../.."
demo=${KRAKEN_DEMO_DIR:-$PWD/.kraken/demo}
[ -f "$demo/pid" ] || { echo "the demo is not running"; exit 0; }
pid=$(cat "$demo/pid")
if kill -TERM "$pid" 2>/dev/null; then
    tries=0
    while kill -0 "$pid" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -le 300 ] || { echo "process $pid does not stop" >&2; exit 1; }
        sleep 0.1
    done
fi
rm -f "$demo/pid"
echo "stopped; its data is in $demo/data"
