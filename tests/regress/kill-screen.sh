#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Screens die in every way, and what sounds does not change by a sample: a recording of the show against its render.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
show_start demo/demo.orp --device "file:$work/heard.wav" --period 256
wait_until 20 is_loaded || fail "the media are not loaded"
attach() {
    screen_start 120 40 "$CLIPGRID" attach
    screen_wait 'Stage'
}
attach
screen_keys 1
wait_until 20 is_state rain looping || fail "rain does not play"
expect 0 ctl press beat
expect 0 ctl press siren
screen_wait '▶ 1/1/1 Rain'

# The screen itself, by SIGKILL.
kill -9 "$(screen_pid)"
screen_wait 'left with 137'

# Its terminal, hung up; another screen shows the same second.
attach
pid=$(screen_pid)
tm kill-server
wait_until 20 is_gone "$pid" || fail "a screen outlives its terminal"
attach
screen_wait '▶ 1/1/1 Rain'
before=$(json voices.0.elapsed_s)
shown=$(screen_text | sed -n 's|.*1/1/1 Rain *A *0:\([0-9][0-9]\).*|\1|p' | head -n 1)
after=$(json voices.0.elapsed_s)
holds "the second shown ($shown) is that of the show ($before to $after)" "$before - $shown < 2 && $shown <= $after"

# The whole terminal server at once, and clients that stop reading or talk nonsense.
kill -9 "$(tm display-message -p '#{pid}')"
"$CLIPGRID" ctl idle >idle.log 2>&1 &
idle=$!
kill -STOP $idle
children="$children $idle"
head -c 100000 /dev/urandom | timeout 2 "$CLIPGRID" ctl >/dev/null 2>&1 || true
enough() { awk "BEGIN { exit !($(json voices.2.elapsed_s) > 3) }"; }
wait_until 20 enough || fail "the show stands still"
kill -9 $idle
same "what sounds" "$(json voices.#)" 3
same "times the device stood still" "$(json xruns)" 0
late=$(json device.latency_frames)
show_stop

# What was heard on each bus, against the same press rendered: at a frame that lies alike to the frames of the clip's chain, which
# are 147 to 160 of the device. The first that is heard is the frame of the press or one just behind it; live, all is late by the
# delay that chains share.
"$CLIPGRID" demo rendered >/dev/null
compare() {
    clip=$1 channel=$2
    at=$("$TOOLS/wavq" first heard.wav "$channel" 0 -1)
    for behind in 1 0 2 3; do
        echo "$(((at - late - behind) % 160))f press $clip" >script
        expect 0 clipgrid render rendered/demo.orp --commands script --out "$clip.wav" --seconds 3
        from=$("$TOOLS/wavq" first "$clip.wav" "$channel" 0 -1)
        [ "$(((at - late - from) % 160))" = 0 ] || continue
        difference=$("$TOOLS/wavq" diff heard.wav "$channel" "$at" "$clip.wav" "$channel" "$from" 96000)
        [ "$difference" != 0 ] || return 0
    done
    fail "$clip: the largest difference is $difference"
}
compare rain 1
compare rain 2
compare siren 3
compare beat 6
