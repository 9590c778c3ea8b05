#!/usr/bin/env bash
# The public interface of our crates, as text in `api/`: one line per item.
#
#   scripts/api.sh            compares with the crates as they are now: fails where they differ, and
#                             where a change since the last release breaks users in silence
#   scripts/api.sh bless      writes `api/` anew
#   scripts/api.sh release    remembers `api/` as what is released, in `api/released/`
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
crates="lampyrid lampyrid_graph lampyrid_kernel lampyrid_measure lampyrid_swarm lampyrid_spatial lampyrid_distributed lampyrid_io"

api() { cargo run --quiet --locked --manifest-path tools/api/Cargo.toml --target-dir "$target/api" -- "$@"; }

list() { # DIRECTORY
    # The whole workspace, so that dependencies are those that lints and documentation have built already.
    RUSTDOC=$PWD/scripts/rustdoc-json.sh RUSTDOCFLAGS="-Z unstable-options --output-format json" \
        cargo doc --quiet --workspace --no-deps --locked --lib --features "$(cat scripts/features)"
    for crate in $crates; do api list "$target/doc/$crate.json" "$1/$crate.txt"; done
}

case ${1:-check} in
    check)
        now=$(mktemp -d)
        trap 'rm -rf "$now"' EXIT
        list "$now"
        if ! diff --unified=0 --exclude=released api "$now"; then
            echo "the public interface has changed; if that is meant: scripts/api.sh bless" >&2
            exit 1
        fi
        if [ -d api/released ] && ! api breaks api/released api CHANGELOG.md; then
            echo "this breaks users: name each in CHANGELOG.md under Unreleased, say in docs/migration how to follow" >&2
            exit 1
        fi
        ;;
    bless) mkdir -p api && list api ;;
    release) mkdir -p api/released && cp api/*.txt api/released/ ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
