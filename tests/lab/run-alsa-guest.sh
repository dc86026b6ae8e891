#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# More than 20 s of the demo show through real ALSA drivers (512 x 4), in a small virtual machine: hw:HDA, whose sound the
# machine records, and hw:Loopback, which a second program captures. Both are compared with the render, sample for sample.
# The machine's clock counts instructions, so that nothing is late however busy the host is.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD="${BUILD:-$(dirname "${CLIPGRID:-$(pwd)/clipgrid}")}"
export BUILD
skip() { echo "SKIP: $*"; exit 77; }
for tool in qemu-system-x86_64 busybox depmod cpio xz objcopy arecord; do
    PATH=$PATH:/usr/sbin:/sbin command -v $tool > /dev/null ||
        skip "no $tool: apt-get install qemu-system-x86 busybox-static kmod cpio xz-utils binutils alsa-utils"
done
[ "$(id -u)" = 0 ] || skip "the virtual machine is run as root only"
"$here/build-initramfs" > /dev/null || skip "the virtual machine's kernel cannot be had here"
out=$(mktemp -d "${TMPDIR:-/var/tmp}/clipgrid-guest.XXXXXX") || exit 1
trap 'rm -rf "$out"' EXIT

(cd "$here" && ./run-guest -t 400 -o "$out" -c "hda aloop" -T virtual -w "$BUILD" -e "BUILD=$BUILD" -- "'$here/guest-demo'") > "$out/log" 2>&1
result=$?
[ $result != 125 ] || { cat "$out/log"; skip "no virtual machine can run here"; }
[ $result = 0 ] || { cat "$out/log" "$out"/*/run.log; exit 1; }
failed=0
match() { # CARD CAPTURE [KIND]
    card=$1
    shift
    "$BUILD/clipgrid" demo "$out/$card/demo" > "$out/demo.log"
    if "$here/match-demo" "$out/$card" 21 "$@" > "$out/match"; then
        echo "hw:$card: $(tail -n 1 "$out/match")"
    else
        echo "hw:$card: not what was rendered"
        cat "$out/match" "$out/$card/status.json" "$out/$card/run.log"
        failed=1
    fi
}
match HDA "$out/hda.wav"
match Loopback "$out/Loopback/capture.raw" 48000-10-S32_LE
exit $failed
