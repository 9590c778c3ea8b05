#!/usr/bin/env bash
# The tests of swarms over several processes with MPICH, where Open MPI is what `mpicc` and `mpirun` stand for:
#
#   scripts/mpich.sh [TEST…]      needs `apt-get install mpich libmpich-dev`
#
# The program is linked with one MPI library, so this one is built in a place of its own, `target/mpich`.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v mpicc.mpich > /dev/null || { echo "SKIPPED swarms over several processes of MPICH: there is none" >&2; exit 77; }
export MPICC=mpicc.mpich LAMPYRID_MPIRUN=mpirun.mpich CARGO_INCREMENTAL=0
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/mpich
cargo test --workspace --features "$(cat scripts/features),mpi" --locked --target-dir "$target" --test ranks -- "$@"
