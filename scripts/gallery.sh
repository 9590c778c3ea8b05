#!/usr/bin/env bash
# Makes every picture of docs/gallery anew, by the commands that docs/gallery/README.md shows. Two minutes.
#
#     scripts/gallery.sh              # with the release build
#     LAMPYRID=target/debug/lampyrid scripts/gallery.sh
#
# Equal programs make equal files: `git diff --exit-code docs/gallery` after it says whether a picture has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ -z ${LAMPYRID:-} ]]; then
    cargo build --release --quiet --locked -p lampyrid_cli
    LAMPYRID=$(realpath "${CARGO_TARGET_DIR:-target}")/release/lampyrid
fi
lampyrid() { "$LAMPYRID" "$@"; }
gallery=docs/gallery
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT

# draw RUN FORMAT PICTURE [OPTION …]: into the gallery, under the name of the run.
draw() {
    local run=$1 format=$2 picture=$3
    shift 3
    lampyrid plot "$runs/$run" --only "$picture" --format "$format" --out "$runs/drawn" --quiet "$@"
    mv "$runs/drawn/$picture.$format" "$gallery/${run}_$picture.$format"
}

run() { lampyrid run --quiet --set record.pictures=[] --set record.report=false "$@"; }

run --out "$runs/grid"
draw grid svg order_parameter
draw grid svg phase_circles --at 0,2,40

run docs/gallery/disturbed.toml --out "$runs/disturbed" || test $? = 1
draw disturbed svg order_parameter
draw disturbed svg energy
draw disturbed svg strategies

run --out "$runs/ring" --seed 5 --set network.kind=ring --set network.agents=200 --set network.neighbors=20 \
    --set coupling.strength=1 --set coupling.normalization=degree --set coupling.phase_lag=1.45 \
    --set frequencies.distribution=equal --set time.duration=60 --set record.every=5
draw ring png phase_raster

run --out "$runs/field" --seed 3 --set coupling.all_to_all=true --set network.kind=complete --set network.agents=1000 \
    --set coupling.strength=1.6 --set coupling.normalization=size --set frequencies.distribution=lorentzian \
    --set frequencies.half_width=0.5 --set time.duration=100
draw field svg effective_frequencies
draw field svg phase_portrait

run --out "$runs/world" --seed 2 --set network.kind=small_world --set network.agents=150 --set network.neighbors=4 \
    --set network.rewire=0.05 --set coupling.strength=2 --set coupling.normalization=degree \
    --set frequencies.std=0.1 --set time.duration=12
draw world svg network

# sweep NAME ARGUMENT …: a mean field of Lorentzian frequencies, four seeds for each point.
sweep() {
    lampyrid sweep --quiet --seeds 4 --out "$runs/$1" --set coupling.all_to_all=true --set network.kind=complete \
        --set coupling.normalization=size --set frequencies.distribution=lorentzian --set frequencies.half_width=0.5 \
        --set time.step=0.05 --set time.duration=80 --set time.integrator=heun "${@:2}"
}

sweep onset --set network.agents=1000 --vary coupling.strength=0,0.5,0.8,0.9,1.0,1.1,1.2,1.4,1.7,2.0,2.5,3.0,3.5,4.0
draw onset svg sweep_curves

sweep noise --set network.agents=400 --vary coupling.noise=0:1:0.25 --vary coupling.strength=0.5:4:0.5
draw noise svg sweep_map
