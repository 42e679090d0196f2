#!/bin/sh
# The whole system at work on real input: starts it, enrols an agent, clones this repository, tests one of its crates, hands the
# report to a second stage, and leaves the system running. `make demo-stop` ends it.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
demo=${KRAKEN_DEMO_DIR:-$root/.kraken/demo}
listen=${KRAKEN_DEMO_LISTEN:-127.0.0.1:8411}
bin=${CARGO_TARGET_DIR:-$root/target}/debug

echo "== building (the first time takes some minutes)"
tests/setup/ensure-ui.sh
cargo build --workspace --bins --quiet
kraken=$bin/kraken

mkdir -p "$demo"
# What the demo does to the command line stays in the demo.
export XDG_CONFIG_HOME=$demo/config
if [ -f "$demo/pid" ] && kill -0 "$(cat "$demo/pid")" 2>/dev/null; then
    echo "== already running as process $(cat "$demo/pid")"
else
    echo "== starting: server and one agent, everything kept in $demo/data"
    # The jobs build this repository: they may share one folder for what they build.
    CARGO_TARGET_DIR=$demo/target setsid "$kraken" up --data-dir "$demo/data" --listen "$listen" >"$demo/up.log" 2>&1 </dev/null &
    echo $! >"$demo/pid"
fi
export KRAKEN_SERVER=http://$listen
tries=0
until curl -fsS "$KRAKEN_SERVER/api/health" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ] || ! kill -0 "$(cat "$demo/pid")" 2>/dev/null; then
        echo "the system did not start:" >&2
        tail -20 "$demo/up.log" >&2
        exit 1
    fi
    sleep 0.1
done
set -- --token-file "$demo/data/admin-token"

echo "== a project, a branch, two stages"
if ! "$kraken" "$@" project show demo >/dev/null 2>&1; then
    "$kraken" "$@" project create demo
    "$kraken" "$@" branch create demo/main
fi
for stage in test report; do
    if "$kraken" "$@" stage show "demo/main/$stage" >/dev/null 2>&1; then
        "$kraken" "$@" stage save "demo/main/$stage" "tests/demo/$stage.star"
    else
        "$kraken" "$@" stage create "demo/main/$stage" "tests/demo/$stage.star"
    fi
done

echo "== a flow: clone $root, test a crate, hand the report on"
flow=$("$kraken" "$@" --json flow start demo/main --arg repository="file://$root" | jq -r .id)
"$kraken" "$@" logs -f "$flow"
state=$("$kraken" "$@" --json flow show "$flow")
echo "== result"
"$kraken" "$@" flow show "$flow"
"$kraken" "$@" flow artifacts "$flow"

echo
# The address works once: whoever comes later asks for another one.
if curl -fsS -o /dev/null "$KRAKEN_SERVER/" 2>/dev/null; then
    echo "look at it: $("$kraken" "$@" ui "/flows/$flow")"
    echo "            (signs a browser in once, within ten minutes; another: $kraken --server $KRAKEN_SERVER --token-file $demo/data/admin-token ui)"
fi
echo "API:        $KRAKEN_SERVER/api/docs   (token: $demo/data/admin-token)"
echo "this flow:  $kraken --token-file $demo/data/admin-token flow show $flow"
echo "stop:       make demo-stop"
echo "$state" | jq -e '[.runs[].result] == ["ok", "ok"]' >/dev/null
