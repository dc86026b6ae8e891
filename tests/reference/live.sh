#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Live and rendered, the same commands at the same frames are the same samples: see retell.c. A machine that stands still may
# cost a live show periods, which the recording then has as silence: only that is tried again.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

RETELL=${RETELL:-$TOOLS/../reference/retell}
mkdir media
"$RETELL" write .

play_live() {
    show_start show.orp --device "file:$work/live.wav" --rate 48000 --period 64
    wait_until 20 is_loaded || fail "the media are not loaded"
    while read -r command; do
        expect 0 ctl "$command"
        sleep 0.02
    done <commands
    sleep 0.1
    late=$(json xruns)
    show_stop
}

for try in 1 2 3; do
    play_live
    if "$RETELL" judge . live.wav >told; then
        tail -n 1 told
        exit 0
    fi
    [ "$late" != 0 ] || break
    echo "try $try: $late periods came late"
    rm -f live.wav
done
cat told >&2
fail "live is not what is rendered"
