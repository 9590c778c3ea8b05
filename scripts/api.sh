#!/usr/bin/env bash
# The public interface of our crates, as text in `api/`: one line per item.
#
#   scripts/api.sh            compares with the crates as they are now: fails where they differ, where a
#                             feature takes something away, and where a change since the last release
#                             breaks users in silence
#   scripts/api.sh bless      writes `api/` anew
#   scripts/api.sh release    remembers `api/` as what is released, in `api/released/`
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
crates="lampyrid lampyrid_graph lampyrid_kernel lampyrid_measure lampyrid_swarm lampyrid_spatial lampyrid_distributed lampyrid_io"

api() { cargo run --quiet --locked --manifest-path tools/api/Cargo.toml --target-dir "$target/api" -- "$@"; }

json() { # ARGUMENT…
    RUSTDOC=$PWD/scripts/rustdoc-json.sh RUSTDOCFLAGS="-Z unstable-options --output-format json" \
        cargo doc --quiet --no-deps --locked --lib "$@"
}

list() { # DIRECTORY
    # The whole workspace, so that dependencies are those that lints and documentation have built already.
    json --workspace --features "$(cat scripts/features)"
    for crate in $crates; do api list "$target/doc/$crate.json" "$1/$crate.txt"; done
}

# What crates make public only as long as no feature is asked for. The swarm comes first, as it has been checked without
# features before; the others are built on it, or need no more than themselves.
taken_away() { # DIRECTORY
    local group crate lean=$1/lean
    for group in lampyrid_swarm "lampyrid_spatial lampyrid_io lampyrid" "lampyrid_graph lampyrid_kernel lampyrid_measure"; do
        json --no-default-features $(printf -- '-p %s ' $group)
        for crate in $group; do
            api list "$target/doc/$crate.json" "$lean"
            LC_ALL=C comm -23 "$lean" "$1/$crate.txt" | sed "s/^/$crate: /"
        done
    done
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
        taken_away "$now" > "$now/taken"
        if [ -s "$now/taken" ]; then
            cat "$now/taken"
            echo "features only add, but these are there without features alone" >&2
            exit 1
        fi
        if [ -d api/released ] && ! api breaks api/released api CHANGELOG.md; then
            echo "this breaks users: name each in CHANGELOG.md under Unreleased, say in docs/migration how to follow" >&2
            exit 1
        fi
        ;;
    bless) mkdir -p api && list api ;;
    release) mkdir -p api/released && cp api/*.txt api/released/ ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
