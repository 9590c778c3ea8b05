#!/usr/bin/env bash
# Runs tests under AddressSanitizer, which finds what reads or writes beside what it owns, and LeakSanitizer with it,
# which finds what nobody frees:
#
#   scripts/sanitize.sh
#
# The subset: all of the kernels, which have the only unsafe code, of graphs, measures and readers of files, and of the
# swarm what its own tests build. Whole runs of the program are left to the other tests: they call the same code.
set -euo pipefail
cd "$(dirname "$0")/.."
# Sanitizers are to be had of a stable compiler too, if it is told that one knows what one does.
export RUSTC_BOOTSTRAP=1 CARGO_INCREMENTAL=0 RUSTFLAGS="-Zsanitizer=address"
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/sanitized
triple=$(rustc -vV | sed -n 's/^host: //p')

test_with() { cargo test --quiet --locked --target "$triple" --target-dir "$target" "$@"; }

test_with -p lampyrid_kernel -p lampyrid_graph -p lampyrid_measure --lib --tests
test_with -p lampyrid_io --lib --test network_files --test hostile --test scenario_errors --test scenario_reading
test_with -p lampyrid_swarm --lib
test_with -p lampyrid --test checkpoints --test corpora
