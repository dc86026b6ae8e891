#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A show saved into another folder plays on and finds its media, again and again; another show's files of the same names are
# other files; a store that dies knows the new file; eight screens that start one show start it once.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
mkdir -p new/deep other/media
show_start demo/demo.orp
wait_until 20 is_loaded || fail "the media do not load"
expect 0 ctl press rain
expect 0 ctl set rain gain -3
expect 0 ctl save "$work/new/deep/show.orp"
same "the clip that sounded" "$(states rain)" looping
expect 0 ctl get show media
expect_out 'ok ../../demo/media'
expect 0 ctl press wind
same "a clip after the move" "$(states wind)" looping

# An engine that takes over after the move knows what can be undone, from before it too.
engine=$(pid_of engine)
kill -9 "$engine"
has_another() { now=$(json pids.engine 2>/dev/null) && [ "${now:-0}" -gt 0 ] && [ "$now" != "$engine" ]; }
wait_until 20 has_another || fail "no other engine"
expect 0 ctl undo
[ "$(ctl get rain gain)" != 'ok -3.0' ] || fail "what was edited before the move is not undone"
expect 0 ctl save
expect 0 clipgrid check new/deep/show.orp --device "file:$work/none.wav" --json
grep -q '"level":"error"' out && fail "the file in the new place does not find its media"

# The store dies: the next one knows which file is the show's, and what was edited meanwhile.
kill -9 "$(pid_of store)"
expect 0 ctl set rain gain -5
stored() { ctl save >/dev/null 2>&1; }
wait_until 20 stored || fail "no save after the store's death"
grep -q 'gain = -5.0' new/deep/show.orp || fail "the save after the store's death lacks the edit"

# Engine and store at once.
expect 0 ctl set rain gain -6
mv new/deep/show.orp new/deep/away.orp
kill -9 "$(pid_of store)"
wait_until 20 stored || fail "no save where the file was taken away"
expect 0 ctl set rain gain -7
sleep 0.2
kill -9 "$(pid_of engine)" "$(pid_of store)"
wait_until 20 answers || fail "the show does not come back"
expect 0 ctl get rain gain
expect_out 'ok -7.0'

# Another show with files of the same names.
cp demo/media/*.wav other/media
cp demo/media/rain.wav other/media/knock.wav
cp demo/demo.orp other/show.orp
wait_until 20 stored || fail "no save"
expect 0 ctl open "$work/other/show.orp"
wait_until 20 is_loaded || fail "the other show's media do not load"
expect 0 ctl press knock
holds "the knock's length, which is the rain's here" "$(json voices.0.elapsed_s) + $(json voices.0.remaining_s) > 3.5"

# open! drops what was not saved, of the same show too.
expect 0 ctl set knock gain -20
expect 1 ctl open other/show.orp
expect 0 ctl open! "$work/other/show.orp"
expect 0 ctl get knock gain
[ "$(cat out)" != 'ok -20.0' ] || fail "open! did not drop the edit"
show_stop

# Eight of them at once, without a terminal: one starts the show, the others find it.
for i in 1 2 3 4 5 6 7 8; do
    "$CLIPGRID" demo/demo.orp --device clock >"plain$i.log" 2>&1 </dev/null &
    eval "plain$i=$!"
done
for i in 1 2 3 4 5 6 7 8; do
    eval "pid=\$plain$i"
    status=0
    wait "$pid" || status=$?
    same "exit status of start $i ($(cat "plain$i.log"))" "$status" 0
done
expect 0 ctl quit
