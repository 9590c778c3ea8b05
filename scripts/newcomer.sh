#!/usr/bin/env bash
# Goes the newcomer's path: runs the commands under "From a clone to a swarm of your own" in README.md, in their order,
# and compares the two pictures above them with those that the first of them has made.
#
#     scripts/newcomer.sh      # in a fresh clone: what the path makes must not be there yet
set -euo pipefail
cd "$(dirname "$0")/.."
path=$(awk '/^## From a clone/ { here = 1 } here && /^```$/ { exit } inside { print } here && /^```sh$/ { inside = 1 }' README.md)
commands=$(grep -c . <<< "$path")
if ((commands == 0 || commands > 12)); then
    echo "the path of README.md has $commands commands; from 1 to 12 are welcome" >&2
    exit 1
fi
trap 'rm -f friends.csv friends.toml' EXIT
while IFS= read -r command; do
    printf '$ %s\n' "$command"
    eval "$command"
done <<< "$path"
for picture in order_parameter phase_circles; do
    cmp "runs/power_grid/$picture.png" "docs/$picture.png"
done
