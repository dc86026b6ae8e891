#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that is full while an input is recorded: by the recording itself, by somebody else who takes the last of it, and from
# the beginning. The recording ends by itself and says why, all that was taken is in a file that can be read and plays, frame by
# frame, the show can still be saved where the recording alone filled the disk, and what cannot begin leaves no file. As root,
# on a tmpfs.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/regress/takes.sh"

need_root
mkdir disk
mount -t tmpfs -o size=1500k none disk 2>/dev/null || skip "no tmpfs can be mounted"
mounts="$work/disk"
inputs_configure
echo 'format = "ORP2026A"; tabs = ( { rows = 8; columns = 10; } );' >disk/show.orp
show_start disk/show.orp
wait_until 20 inputs_run || fail "the input does not run"

# filled PLACE: a recording there ends by itself; $frames are in its file, of at least LEAST.
filled() {
    expect 0 ctl record "$1"
    take=$(sed 's/^ok //' out)
    [ -z "${2-}" ] || "$2"
    wait_until 30 is_idle 0 || fail "the recording does not end on a full disk"
    clipgrid status --json | grep -q "Record A stopped, the disk is full: $take keeps the" || fail "nobody says why it ended"
    # shellcheck disable=SC2046  # numbers
    set -- "$1" $(numbers "disk/media/$take" 1 1)
    frames=$2
    same "frames silent or out of place" "$4 $5" "0 0"
    wait_until 20 is_loaded || fail "what was taken is not loaded"
    expect 0 ctl press "$1"
    clip=$(ctl get "$1" id | sed 's/^ok //')
    wait_until 10 is_state "$clip" playing || fail "what was taken does not play"
    expect 0 ctl stop all
}

filled 1/1/1
[ "$frames" -gt 150000 ] || fail "only $frames frames fill 1.5 MB"
figures "a recording fills its disk, out of place" "$frames" 0 - - - frames
expect 0 ctl save

mount -o remount,size=6m disk
greedy() { head -c 8000000 /dev/zero >disk/greedy 2>/dev/null || true; }
filled 1/1/2 greedy
figures "a recording's disk is filled, out of place" "$frames" 0 - - - frames

files=$(find disk/media -type f | wc -l)
expect 1 ctl record 1/1/3
grep -q '^error io record: media: the disk is full' out || fail "not refused for the disk: $(cat out)"
same "files of what could not begin" "$(find disk/media -type f | wc -l)" "$files"
rm disk/greedy
expect 0 ctl record 1/1/3
wait_until 20 is_recorded 0 || fail "with room again nothing is recorded"
expect 0 ctl record stop
show_stop
