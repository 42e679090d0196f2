#!/bin/sh
# Runs every fuzz target for FUZZ_SECONDS (30), or the targets that are named. An input that breaks something is left in fuzz/artifacts, and named.
#
# Without a sanitizer the stable compiler will do: only the coverage is instrumented, and nothing here is unsafe. `FUZZ_MAX_RSS_MB` bounds the memory.
set -eu
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-30}
cargo fuzz build --sanitizer none --target-dir target/fuzz
[ $# -gt 0 ] || set -- stage_code stage_values interpolation times webhooks
for target in "$@"; do
    # What the tests know already is where to begin.
    case $target in
    stage_code) seeds=crates/workflow/tests/stages ;;
    webhooks) seeds=crates/githosts/tests/payloads ;;
    *) seeds=fuzz/seeds/$target ;;
    esac
    mkdir -p "fuzz/corpus/$target"
    echo "== $target: $seconds s"
    cargo fuzz run --sanitizer none --target-dir target/fuzz "$target" "fuzz/corpus/$target" "$seeds" -- \
        -max_total_time="$seconds" -max_len=8192 -timeout=30 -rss_limit_mb="${FUZZ_MAX_RSS_MB:-3000}" -verbosity=0 -print_final_stats=1
done
