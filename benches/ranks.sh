#!/usr/bin/env bash
# Steps of two processes of MPI against those of one, by turns, for a ring lattice and a small world:
#
#   cargo build --release -p lampyrid_cli --features mpi
#   benches/ranks.sh [rounds] [agents]     5 rounds of 10⁶ agents, if nothing is said: some 3 minutes
#
# Eight neighbours, Runge–Kutta, 100 steps, a thread per process. Communication is the part of both processes' time of
# stepping in which no agent moves: packing, waiting for messages and for the other, adding up.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5} agents=${2:-1000000}
lampyrid=$(realpath "${CARGO_TARGET_DIR:-target}")/release/lampyrid
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# A number of run.json, the largest there is of its name.
number() { grep -o "\"$1\": [0-9.e-]*" "$results/run/run.json" | sed 's/.*: //' | sort -g | tail -n 1; }

step() {
    local network=$1 launch=("${@:2}")
    "${launch[@]}" "$lampyrid" run --threads 1 --quiet --force --out "$results/run" --steps 100 --set record.every=100 \
        --set "network={$network, agents=$agents, neighbors=8}"
}

printf '%s agents, %s rounds; load average %s\n' "$agents" "$rounds" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
for network in 'kind="ring"' 'kind="small_world", rewire=0.05'; do
    for _ in $(seq "$rounds"); do
        step "$network" env
        one=$(number step_seconds)
        step "$network" mpirun -n 2 --bind-to none
        echo "$one $(number step_seconds) $(number communication)" >> "$results/$network"
    done
    column() { cut -d ' ' -f "$1" "$results/$network" | sort -g; }
    fastest=("$(column 1 | head -n 1)" "$(column 2 | head -n 1)")
    median=$(column 3 | sed -n "$(((rounds + 1) / 2))p")
    awk -v network="$network" -v one="${fastest[0]}" -v two="${fastest[1]}" -v share="$median" -v range="$(column 3 | sed -n '1p;$p' | tr '\n' ' ')" '
        BEGIN {
            split(range, ends, " ")
            printf "%s: fastest %.2f s and %.2f s, ratio %.2f; communication %.1f %% (%.1f to %.1f)\n",
                network, one, two, one / two, 100 * share, 100 * ends[1], 100 * ends[2]
        }'
done
