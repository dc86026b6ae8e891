#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# More than 20 s of the demo show through real ALSA drivers (512 x 4), in a small virtual machine: hw:HDA, whose sound the
# machine records, and hw:Loopback, which a second program captures. Both are compared with the render, sample for sample.
# Before that a filter of system calls is on the audio thread alone, while tests/engine/test_calls plays on hw:HDA. Then things go
# wrong, as guest-faults says: a USB card is pulled out, the engine is killed, an input overruns.
# The machine's clock counts instructions, so that nothing is late however busy the host is.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD="${BUILD:-$(dirname "${CLIPGRID:-$(pwd)/clipgrid}")}"
export BUILD
skip() { echo "SKIP: $*"; exit 77; }
for tool in python3 qemu-system-x86_64 busybox depmod cpio xz objcopy arecord; do
    PATH=$PATH:/usr/sbin:/sbin command -v $tool > /dev/null ||
        skip "no $tool: apt-get install python3 qemu-system-x86 busybox-static kmod cpio xz-utils binutils alsa-utils"
done
[ -x "$BUILD/tests/engine/test_calls" ] || skip "tests/engine/test_calls is not built: make check does"
[ "$(id -u)" = 0 ] || skip "the virtual machine is run as root only"
"$here/build-initramfs" > /dev/null || skip "the virtual machine's kernel cannot be had here"
out=$(mktemp -d "${TMPDIR:-/var/tmp}/clipgrid-guest.XXXXXX") || exit 1
trap 'test $? = 0 -o -z "${KEEP-}" || cp -r "$out" "$KEEP"; rm -rf "$out"' EXIT

# What is played is made here, and what is run brought along small: in there making takes twelve times as long, and every start
# of a program in a shared folder reads all of it. FFmpeg's hundred libraries are taken away, for every worker would load them.
mkdir -p "$out/build/tests/engine" "$out/build/tests/tools"
for program in clipgrid tests/engine/test_calls tests/tools/jsonq tests/tools/voicestarts; do
    objcopy --strip-debug "$BUILD/$program" "$out/build/$program" || exit 1
done
"$BUILD/clipgrid" demo "$out/demo" > "$out/demo.log" || exit 1
mkdir -p "$out/show/media"
"$here/judge-faults" make "$out/show" || exit 1

(cd "$here" && ./run-guest -t 900 -o "$out" -c "hda aloop usb" -T virtual -e BUILD=/tmp/build -- \
    "rm -f /usr/lib/*/libavformat.so.*; cp -r '$out/build' /tmp/build && '$here/guest-demo' && '$here/guest-faults'") \
    > "$out/log" 2>&1
result=$?
[ $result != 125 ] || { cat "$out/log"; skip "no virtual machine can run here"; }
[ $result = 0 ] || { cat "$out/log" "$out"/*/run.log; exit 1; }
grep -e 'foreign system call' -e 'hw:Loopback, try' "$out/log"
failed=0
match() { # CARD CAPTURE [KIND]
    card=$1
    shift
    ln -s "$out/demo" "$out/$card/demo"
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
cat "$out/faults/told"
"$here/judge-faults" "$out/faults" || { cat "$out/faults/run.log"; failed=1; }
exit $failed
