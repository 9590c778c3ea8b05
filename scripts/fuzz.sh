#!/usr/bin/env bash
# Shows made-up bytes to everything that reads somebody else's, each for so many seconds:
#
#   scripts/fuzz.sh [seconds] [target…]     60 seconds each, all of them, if nothing is said
#   scripts/fuzz.sh --minimise [target…]    keeps of the corpora and of what was found what covers something of its own
#
# What a target finds is kept in `target/fuzz/corpus`, and what breaks a promise in `target/fuzz/artifacts`, where the
# target is then said to have failed. The committed corpora change by `--minimise` alone.
set -euo pipefail
cd "$(dirname "$0")/.."
# The coverage that the fuzzer goes by is to be had of a stable compiler too, if it is told that one knows what one does.
export RUSTC_BOOTSTRAP=1 CARGO_INCREMENTAL=0
work=$(realpath -m "${CARGO_TARGET_DIR:-target}")/fuzz
triple=$(rustc -vV | sed -n 's/^host: //p')

command -v cargo-fuzz > /dev/null || cargo install --locked cargo-fuzz@0.13.2

seconds=60
minimise=false
case "${1:-}" in
    --minimise) minimise=true; shift ;;
    [0-9]*) seconds=$1; shift ;;
esac
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(basename -s .rs fuzz/targets/*.rs)

cargo fuzz build --target-dir "$work"

# The most input is a mebibyte, but smaller ones are tried oftener, and reach as far.
limits=(-timeout=1 -rss_limit_mb=1024 -malloc_limit_mb=64 -max_len=65536)
for target in "${targets[@]}"; do
    program=$work/$triple/release/$target
    found=$work/corpus/$target
    mkdir -p "$found" "$work/artifacts/$target"
    if $minimise; then
        rm -rf "$work/merged"
        mkdir "$work/merged"
        "$program" -merge=1 -max_len=1048576 "$work/merged" "fuzz/corpus/$target" "$found" 2> "$work/merge.log"
        # Names are hashes of contents, so that what stays keeps its name.
        rm -rf "fuzz/corpus/$target"
        mv "$work/merged" "fuzz/corpus/$target"
        printf '%s: %s files, %s\n' "$target" "$(ls "fuzz/corpus/$target" | wc -l)" "$(du -sh --apparent-size "fuzz/corpus/$target" | cut -f1)"
        continue
    fi
    log=$work/$target.log
    if ! "$program" "${limits[@]}" -max_total_time="$seconds" -dict="fuzz/dictionaries/$target.dict" -print_final_stats=1 \
        -artifact_prefix="$work/artifacts/$target/" "$found" "fuzz/corpus/$target" > "$log" 2>&1; then
        tail -n 60 "$log"
        exit 1
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    coverage=$(grep -o 'cov: [0-9]* ft: [0-9]*' "$log" | tail -n 1)
    printf '%s: %s executions, %s\n' "$target" "$executions" "$coverage"
done
