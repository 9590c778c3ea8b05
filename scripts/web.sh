#!/usr/bin/env bash
# Builds the page of `lampyrid serve` from crates/cli/web into crates/cli/src/serve/assets, where the program takes it
# from. With --check nothing is written: it fails unless what is there is what the sources make. Needs node and npm.
set -euo pipefail
cd "$(dirname "$0")/.."
assets=crates/cli/src/serve/assets
mode=${1:-build}
case $mode in build | --check) ;; *) echo "usage: scripts/web.sh [--check]" >&2 && exit 2 ;; esac

built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
(
    cd crates/cli/web
    # What the lock file names, and nothing of it is run on the way.
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error > /dev/null
    npm run --silent check
    npm run --silent build -- --outdir="$built" --log-level=warning
    cp index.html favicon.svg "$built"
)
if [ "$mode" = --check ]; then
    diff -r "$built" "$assets" || { echo "the page is not that of its sources: run scripts/web.sh" >&2 && exit 1; }
else
    mkdir -p "$assets"
    cp "$built"/* "$assets"
    wc -c "$assets"/*
fi
