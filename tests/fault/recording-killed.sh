#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Processes that are killed while an input is recorded: KILLS (4) times each the store, the engine, and all of the show at once,
# at any moment. Judged by the files alone: the input numbers its frames (tests/regress/takes.sh). A dead store costs nothing; a
# dead engine costs what nobody heard, and silence stands for it; of a show that dies all but the last second is in a file that
# can be read, and in its cell at the next start.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/regress/takes.sh"

KILLS=${KILLS:-4}
inputs_configure
mkdir disk
echo 'format = "ORP2026A"; tabs = ( { rows = 32; columns = 40; } );' >disk/show.orp
show_start disk/show.orp
wait_until 20 inputs_run || fail "the input does not run"

cell=0
# begun: a recording in a cell of its own, some time after it began.
begun() {
    cell=$((cell + 1))
    place=1/$((cell / 40 + 1))/$((cell % 40 + 1))
    expect 0 ctl record "$place"
    take=$(sed 's/^ok //' out)
    sleep "0.$((cell * 37 % 90 + 10))"
}
another() { now=$(json "pids.$1" 2>/dev/null) && [ -n "$now" ] && [ "$now" != null ] && [ "$now" != "$2" ] && [ "$now" != 0 ]; }
goes_on() { [ "$(json inputs.record.0.frames)" -gt "$1" ]; }
# ended: by its command, when it has grown by half a second since; its file is that of $take, whole.
ended() {
    wait_until 20 goes_on $(($(json inputs.record.0.frames) + 24000)) || fail "the recording does not go on"
    expect 0 ctl record stop
    told=$(sed 's/.* //' out)
    wait_until 20 is_idle 0 || fail "the recording does not end"
    # shellcheck disable=SC2046  # numbers
    set -- $(numbers "disk/media/$take" 1 1)
    frames=$1 silent=$3 broken=$4
    holds "frames, by the answer $told s" "($frames - $told * 48000) ^ 2 <= 576"
    same "frames out of place" "$broken" 0
}

lost=0
for kill in $(seq "$KILLS"); do
    begun
    store=$(pid_of store)
    kill -9 "$store"
    wait_until 20 another store "$store" || fail "no other store was started"
    ended
    lost=$((lost + silent))
done
same "frames that $KILLS dead stores cost" "$lost" 0
figures "store killed while recording" "$KILLS" 0 - - - frames

gaps=
for kill in $(seq "$KILLS"); do
    begun
    engine=$(pid_of engine)
    kill -9 "$engine"
    wait_until 20 another engine "$engine" || fail "no other engine was started"
    wait_until 20 is_recorded 0 || fail "the new engine does not know of the recording"
    ended
    gaps="$gaps $silent"
    [ "$silent" -gt 0 ] || fail "nothing is missing although the engine was dead"
done
# shellcheck disable=SC2046,SC2086  # numbers
figures "engine killed while recording, silence" "$KILLS" 0 $(spread $gaps) frames

losses=
for kill in $(seq "$KILLS"); do
    begun
    heard=$(json inputs.record.0.frames)
    pids="$(pid_of supervisor) $(pid_of engine) $(pid_of store)"
    # shellcheck disable=SC2086  # several
    kill -9 $pids
    # shellcheck disable=SC2086
    for pid in $pids; do wait_until 5 is_gone "$pid" || true; done
    wait "$show_pid" || true
    # shellcheck disable=SC2046
    set -- $(numbers "disk/media/$take" 1 1)
    same "frames silent or out of place" "$3 $4" "0 0"
    missing=$((heard > $1 ? heard - $1 : 0))
    [ "$missing" -le 48000 ] || fail "the file has $1 frames of at least $heard: $missing are lost"
    losses="$losses $missing"
    show_start disk/show.orp
    same "what is in the cell after all were killed" "$(ctl get "$place" file)" "ok $take"
    wait_until 20 is_loaded || fail "it is not loaded"
    wait_until 20 inputs_run || fail "the input does not run again"
done
# shellcheck disable=SC2046,SC2086
figures "all killed while recording, frames lost" "$KILLS" 0 $(spread $losses) frames
show_stop
