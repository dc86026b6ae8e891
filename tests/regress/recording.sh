#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# file: records what would be heard: it is a WAV file at any moment, and after the engine was killed the same file goes on
# at the place the clock says, the gap being silence.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
show_start demo/demo.orp --device "file:$work/show.wav"
wait_until 20 is_loaded || fail "the media are not loaded"
expect 0 ctl press line
wait_until 20 is_state line looping || fail "the tone does not sound"

# While it grows: five busses, and what the show has played, a second behind at most (and a busy disk's pause).
frames=$(($(json clock_frames) + 48000))
grown() { set -- $("$TOOLS/wavq" info show.wav) && [ "${1:-0}" -gt "$frames" ]; }
wait_until 20 grown || fail "the file does not grow"
set -- $("$TOOLS/wavq" info show.wav)
same "channels, rate and format" "$2 $3 $4" "10 48000 float"
holds "frames that the growing file has" "$1 <= $(json clock_frames)"

engine=$(pid_of engine)
killed=$(json clock_frames)
before=$(cat /proc/uptime | cut -d' ' -f1)
kill -9 "$engine"
another() { now=$(json pids.engine) && [ -n "$now" ] && [ "$now" != null ] && [ "$now" != "$engine" ]; }
wait_until 20 another || fail "no other engine was started"
wait_until 20 is_loaded || fail "the media are not loaded again"
expect 0 ctl stop all
sleep 1
pressed=$(cat /proc/uptime | cut -d' ' -f1)
expect 0 ctl press kick
after=$(cat /proc/uptime | cut -d' ' -f1)
sleep 1
show_stop

# The tone (bus D) ends where the engine was killed, but for what its writer had not handed to the disk yet; the kick (bus C)
# stands as far behind as the clock says.
set -- $("$TOOLS/wavq" info show.wav)
last=$("$TOOLS/wavq" last show.wav 7 0 $((killed + 24000)))
holds "the last frame of the tone" "$last > $killed - 4800 && $last < $killed + 24000"
kick=$("$TOOLS/wavq" first show.wav 5 "$killed" -1)
place() { awk "BEGIN { print int($killed + ($1 - $before) * 48000) }"; }
holds "where the kick is, $(place "$pressed") to $(place "$after") by the clock" \
    "$kick > $(place "$pressed") - 24000 && $kick < $(place "$after") + 24000"
holds "the file's end" "$1 > $kick + 24000"
