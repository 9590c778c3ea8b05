#!/usr/bin/env bash
# Takes the screenshots in docs/ on a machine without screen or graphics card, and ends.
#
#     examples/window/screenshots.sh [DIRECTORY]
#
# The window is drawn in software, by the Vulkan driver of Mesa 25. A small Debian 13 that has it is made in the
# directory (target/trixie unless told otherwise) the first time, from the mirror of this machine's own apt, and kept:
# some 700 MB. Needs root, for chroot and mount; a Debian or Ubuntu with debootstrap; Rust 1.95.
set -euo pipefail
cd "$(dirname "$0")"
debian=$(realpath -m "${1:-target/trixie}")
docs=$(realpath ../../docs)
packages=libvulkan1,mesa-vulkan-drivers,xvfb,xauth,libx11-6,libx11-xcb1,libxcursor1,libxi6,libxrandr2
packages+=,libxkbcommon0,libxkbcommon-x11-0,pngquant

# debootstrap leaves a directory of its own behind where it has not finished.
if [ ! -d "$debian/usr" ] || [ -d "$debian/debootstrap" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
    debootstrap --variant=minbase --include="$packages" trixie "$debian" $mirror
fi

cargo build --ignore-rust-version --locked
install -D target/debug/lampyrid_window "$debian/opt/lampyrid_window"
shots=$(mktemp -d "$debian/opt/shots.XXXXXX")
mount -t proc proc "$debian/proc"
trap 'umount "$debian/proc"; rm -r "$shots"' EXIT

# In the chroot. A frame is 8 steps, an eighth of a second of the swarm's time. Those scrambled are seen best between
# two flashes of the others, which frame 257 is.
inside() { chroot "$debian" env HOME=/root VK_DRIVER_FILES=/usr/share/vulkan/icd.d/lvp_icd.json "$@"; }
inside timeout 3600 xvfb-run --auto-servernum --server-args '-screen 0 960x640x24' \
    /opt/lampyrid_window --screenshots "/opt/$(basename "$shots")" \
    --steps 8 --frames 3,199,257 --press 215:a,256:s

# Colours of a glow are few: 128 are not told from all, and the files are a fraction as large.
for shot in 0003:start 0199:waves 0257:scrambled; do
    frame=frame_${shot%%:*}.png name=window_${shot##*:}.png
    inside pngquant --speed 1 --strip 128 --ext .small.png "/opt/$(basename "$shots")/$frame"
    install -m 644 "$shots/${frame%.png}.small.png" "$docs/$name"
    ls -l "$docs/$name"
done
