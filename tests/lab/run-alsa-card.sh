#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# More than 20 s of the demo show on the card that fails when told (128 x 3): one xrun, and once it vanishes for 700 ms.
# What it was given is compared with the render, sample for sample: outside of what failed, all of it is there, and in its
# place. On a busy machine there are xruns of its own: each may cost 60 ms, and none may move what follows.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD="${BUILD:-$(dirname "${CLIPGRID:-$(pwd)/clipgrid}")}"
[ -r /usr/share/alsa/alsa.conf ] || { echo "SKIP: no /usr/share/alsa/alsa.conf: apt-get install libasound2-data"; exit 77; }
# The card writes its file on the thread that plays: a disk would stop it now and then.
memory=/dev/shm
[ -w $memory ] || memory=/tmp
out=$(mktemp -d "${TMPDIR:-$memory}/clipgrid-card.XXXXXX") || exit 1
trap 'rm -rf "$out"' EXIT

ALSA_CONFIG_PATH=$here/alsa/fault.conf
FAULTPCM_LIB=$BUILD/tests/lab/faultpcm/libasound_module_pcm_fault.so
FAULTPCM_OUT=$out/card.raw
FAULTPCM_STATE=$out/card
FAULTPCM_SCRIPT="9 xrun, 14 nodev 700"
export BUILD ALSA_CONFIG_PATH FAULTPCM_LIB FAULTPCM_OUT FAULTPCM_STATE FAULTPCM_SCRIPT
"$here/play-demo" "$out" fault 128 3 24 || exit 1
kind=$(sed -n 's/^out *\([^ ]*\) *$/\1/p' "$FAULTPCM_STATE")
"$here/match-demo" "$out" 22 "$FAULTPCM_OUT" "$kind" > "$out/match"
xruns=$(sed 's/.*"xruns":\([0-9]*\).*/\1/' "$out/status.json")
awk -v xruns="$xruns" -v rate=48000 '
    /^fault/ { lost = $5 > $7 ? $5 : $7; if (lost > 0.5 * rate) long++; else if (lost > 0.06 * rate) { bad++; print } }
    /^right/ { total = $4; faults = $6; moved = $8; right = $2 }
    END {
        printf "%d of %d frames right, %d faults, %d xruns, moved %d frames at most\n", right, total, faults, xruns, moved
        if (total < 20 * rate || right < 0.8 * total || bad || long != 1 || faults > 3 * xruns + 6 || moved > 96) exit 1
    }' "$out/match" || { cat "$out/match" "$out/status.json" "$out/run.log"; exit 1; }
