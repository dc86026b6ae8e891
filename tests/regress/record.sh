#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# record: what is refused, in words; an input is armed, then recorded, then played back at once, sample for sample, with its
# pre-roll; two inputs at once; names that are new each time; undo, and a show that quits while it records. Of what comes in,
# timecode too, nothing is heard.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/regress/takes.sh"

refused() { words=$1; shift; expect 1 ctl "$@"; expect_out "error $words"; }

mkdir demo
echo 'format = "ORP2026A"; tabs = ( { rows = 8; columns = 10; } );' >demo/demo.orp
show_start demo/demo.orp
refused 'refused record: there is no input; device capture PCM names one, as capture = "PCM" in clipgrid.conf' record 1/4/1
same "the state of no input" "$(json inputs.state)" none
show_stop

inputs_configure
show_start demo/demo.orp --device "file:$work/show.wav"
wait_until 20 is_loaded || fail "the media are not loaded"
wait_until 20 inputs_run || fail "the input does not run"
refused 'refused record stop: nothing is recorded' record stop
refused 'refused record stop: Record B is not recorded' record stop b

# Level first: the input is told, nothing is written, and no other input may have the cell.
expect 0 ctl record 1/4/1 arm
same "armed" "$(json inputs.record.0.state) $(json inputs.record.0.clip)" "armed 1/4/1"
holds "the level of an armed input" "$(json inputs.record.0.peak_db) > -60"
refused 'refused record: 1/4/1 is taken by Record A; record stop a frees it' record 1/4/1 b
expect 0 ctl record stop a
same "disarmed" "$(json inputs.record.0.state)" none
[ ! -e demo/media ] || fail "a media folder is made of what was only armed"

# Both inputs, by the one key of the first: it arms, starts, stops.
expect 0 ctl record 1/4/1 next
expect 0 ctl record 1/4/1 next
take_a=$(sed 's/^ok //' out)
expect 0 ctl record 1/4/2 b
take_b=$(sed 's/^ok //' out)
first_a=$(json inputs.record.0.first_frame)
first_b=$(json inputs.record.1.first_frame)
refused "refused record: Record A is recorded into 1/4/1 $(ctl get 1/4/1 id | sed 's/^ok //') ${take_a%.wav} already; record stop a ends it" \
    record 1/4/3
clip=$(ctl get 1/4/1 id | sed 's/^ok //')
same "the state of the cell" "$(states "$clip")" recording
refused "refused 1/4/1 $clip ${take_a%.wav} is being recorded; record stop ends it, then it plays" press 1/4/1
longer() { [ "$(json inputs.record.0.frames)" -gt 60000 ]; }
wait_until 20 longer || fail "the recording does not grow"
refused "refused record $clip: $clip ${take_a%.wav} is there; a recording takes an empty cell" record "$clip" b
same "sounds of a recording" "$(json busses.0.peak_db)" -200.00
expect 0 ctl lock on
refused 'locked record: the show is locked; lock off opens it' record 1/4/4
expect 0 ctl record 1/4/1 next
expect 0 ctl press 1/4/1
expect 0 ctl record stop
expect 0 ctl lock off
wait_until 20 is_state "$clip" playing || fail "what was recorded does not play"
wait_until 20 is_state "$clip" "" || fail "what was recorded does not end"

# Each file has every frame, from the pre-roll on: both count alike, and their first frames are as far apart as they were told.
# shellcheck disable=SC2046  # numbers
set -- $(numbers "demo/media/$take_a" 1 1) $(numbers "demo/media/$take_b" 2 4)
same "frames of A and B missing or out of place" "$3 $4 $7 $8" "0 0 0 0"
holds "the length of A" "$1 > 60000"
same "the first frame of B, seen from A" $((($6 - $2 + 2097152) % 2097152)) $((first_b - first_a))
"$TOOLS/wavq" info "demo/media/$take_b" >out
same "channels, rate and format" "$(cut -d' ' -f2- out)" "2 48000 float"

# A name is never taken twice, undo takes the clip back and leaves the file.
printf 'record 1/4/4\nrecord stop\nrecord 1/4/5\n' | ctl >lines || fail "one behind the other is refused: $(cat lines)"
sed -n 1p lines >out
sed -n 3p lines >out2
expect 0 ctl record stop
wait_until 20 is_idle 0 || fail "it does not end"
[ "$(cat out)" != "$(cat out2)" ] || fail "two recordings have one name: $(cat out)"
expect 0 ctl undo
refused 'unknown 1/4/5: no clip there' get 1/4/5
same "files" "$(find demo/media -name 'take-*.wav' | wc -l)" 4
expect 0 ctl redo
same "the clip of redo" "ok $(ctl get 1/4/5 file | sed 's/^ok //')" "$(cat out2)"

# It is played back as it was recorded, and nothing else was ever heard: nothing before it, no timecode behind it.
ctl record 1/4/6 >out
last=$(sed 's/^ok //' out)
wait_until 20 is_recorded 0 || fail "it is not recorded"
show_stop
count=$("$TOOLS/wavq" info "demo/media/$take_a" | cut -d' ' -f1)
place=$(($("$TOOLS/wavq" first show.wav 1 0 -1) - 1))        # the first frame of its fade of 1 ms is silent
"$TOOLS/wavq" get "demo/media/$take_a" 1 1000 1 >out
same "where it plays" "$("$TOOLS/wavq" get show.wav 1 $((place + 1000)) 1)" "$(cat out)"
same "frames in which it is not what was recorded" \
    "$("$TOOLS/wavq" apart show.wav 1 $((place + 48)) "demo/media/$take_a" 1 48 $((count - 48 - 48)))" -1
same "what is heard of inputs before" "$("$TOOLS/wavq" peak show.wav 0 0 $((place - 1)))" 0
same "what is heard of inputs after" "$("$TOOLS/wavq" peak show.wav 0 $((place + count)) -1)" 0

# The one that was recorded when the show quit is whole, and in its cell.
# shellcheck disable=SC2046
set -- $(numbers "demo/media/$last" 2 2)
same "frames missing or out of place" "$3 $4" "0 0"
show_start demo/demo.orp
same "the cell" "$(ctl get 1/4/6 file)" "ok $last"
show_stop
