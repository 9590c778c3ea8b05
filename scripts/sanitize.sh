#!/usr/bin/env bash
# Runs tests under AddressSanitizer, which finds what reads or writes beside what it owns, and LeakSanitizer with it,
# which finds what nobody frees:
#
#   scripts/sanitize.sh               # what the continuous integration runs
#   scripts/sanitize.sh --with-swarm  # twice as long, since Bevy has to be built for it
#
# The subset: the kernels, which have the only `unsafe` code, graphs, measures and all that reads files, with the hostile
# ones; with the swarm also its own tests, and worlds that change under it. Whole runs of the program are left to the other
# tests: they call the same code.
set -euo pipefail
cd "$(dirname "$0")/.."
# Sanitizers are to be had of a stable compiler too, if it is told that one knows what one does.
export RUSTC_BOOTSTRAP=1 CARGO_INCREMENTAL=0 RUSTFLAGS="-Zsanitizer=address"
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/sanitized
triple=$(rustc -vV | sed -n 's/^host: //p')

# Tests that forget what they own, on purpose.
leaking=(a_forgotten_writer_leaves_a_valid_adjacency wherever_the_machine_stops_the_next_run_finds_one_of_the_two_whole)

packages=(-p lampyrid_kernel -p lampyrid_graph -p lampyrid_measure -p lampyrid_io)
tests=(--lib --test hostile)
case "${1:-}" in
    '') ;;
    --with-swarm) packages+=(-p lampyrid_swarm --features lampyrid_swarm/checkpoint) tests+=(--test follows_the_world) ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac

# More time goes into building than into the tests, which are to be as written and not as optimised.
cargo test --quiet --no-fail-fast --locked --target "$triple" --target-dir "$target" \
    --config 'profile.dev.opt-level=0' --config 'profile.dev.package."*".opt-level=0' --config 'profile.dev.debug=false' \
    "${packages[@]}" "${tests[@]}" -- "${leaking[@]/#/--skip=}"
