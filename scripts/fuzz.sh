#!/usr/bin/env bash
# Shows made-up bytes to everything that reads somebody else's, each for so many seconds:
#
#   scripts/fuzz.sh [seconds] [target…]     60 seconds, and all targets, if nothing is said
#   scripts/fuzz.sh --minimise [target…]    keeps of the corpora and of what was found what covers something of its own
#
# What a target finds is kept in `target/fuzz/corpus`, and what breaks a promise in `target/fuzz/artifacts`; the script
# has failed then. The committed corpora change by `--minimise` alone. The target `checkpoint`, for which Bevy has to be
# built, is left out if `LAMPYRID_FUZZ_WITHOUT_BEVY` is set.
#
# The targets are those of cargo-fuzz, for who likes its commands; all that it would do here is done by the flags below.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(realpath -m "${CARGO_TARGET_DIR:-target}")/fuzz
triple=$(rustc -vV | sed -n 's/^host: //p')

seconds=60
minimise=false
case "${1:-}" in
    --minimise) minimise=true; shift ;;
    [0-9]*) seconds=$1; shift ;;
esac
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(basename -s .rs fuzz/targets/*.rs)
features=(--features swarm)
if [ -n "${LAMPYRID_FUZZ_WITHOUT_BEVY:-}" ]; then
    features=()
    mapfile -t targets < <(printf '%s\n' "${targets[@]}" | grep -vx checkpoint)
fi

# Sanitizers, and the coverage that the fuzzer goes by, are to be had of a stable compiler that is told one knows.
llvm=(level=4 inline-8bit-counters pc-table trace-compares)
export RUSTC_BOOTSTRAP=1 CARGO_INCREMENTAL=0
export RUSTFLAGS="--cfg fuzzing -Zsanitizer=address -Cdebug-assertions -Cpasses=sancov-module ${llvm[*]/#/-Cllvm-args=-sanitizer-coverage-}"
cargo build --quiet --release --locked --manifest-path fuzz/Cargo.toml --bins "${features[@]}" --target "$triple" --target-dir "$work"

# The most input is a mebibyte, but smaller ones are tried oftener, and reach as far. Watched like this a reader takes ten
# times as long as otherwise and more: a network of a million nodes, the most that few bytes can ask for, two seconds.
limits=(-timeout=20 -rss_limit_mb=1024 -malloc_limit_mb=64 -max_len=65536)
for target in "${targets[@]}"; do
    program=$work/$triple/release/$target
    found=$work/corpus/$target
    mkdir -p "$found" "$work/artifacts/$target"
    if $minimise; then
        rm -rf "$work/merged"
        mkdir "$work/merged"
        "$program" -set_cover_merge=1 -max_len=16384 "$work/merged" "fuzz/corpus/$target" "$found" 2> "$work/merge.log"
        # Names are hashes of contents, so that what stays keeps its name.
        rm -rf "fuzz/corpus/$target"
        mv "$work/merged" "fuzz/corpus/$target"
        printf '%s: %s files, %s\n' "$target" "$(ls "fuzz/corpus/$target" | wc -l)" \
            "$(du -sh --apparent-size "fuzz/corpus/$target" | cut -f1)"
        continue
    fi
    log=$work/$target.log
    if ! "$program" "${limits[@]}" -max_total_time="$seconds" -dict="fuzz/dictionaries/$target.dict" \
        -print_final_stats=1 -artifact_prefix="$work/artifacts/$target/" "$found" "fuzz/corpus/$target" > "$log" 2>&1; then
        tail -n 60 "$log"
        exit 1
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    coverage=$(grep -o 'cov: [0-9]* ft: [0-9]*' "$log" | tail -n 1)
    printf '%s: %s executions, %s\n' "$target" "$executions" "$coverage"
done
