#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The disk of the media hangs, is slow, fails and gives little at a time (slowfs). What sounds goes on as far as it is loaded
# and fades within 10 ms when it runs dry; triggers are answered; a voice on another disk plays every frame.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need_root
need python3
mkdir media backing
noise media/ref.wav 40 1
noise media/tick.wav 0.1 2
clips="hung slow failing little"
names=
for clip in $clips; do
    noise "backing/$clip.wav" 6 "$((${#clip} + 20))"
    names="$names slow/$clip"
done
mount_slow "$work/backing" "$work/media/slow"
# shellcheck disable=SC2086  # a list of names
session show.orp $names
rendered show.orp ref 30
for clip in $clips; do rendered show.orp "$clip" 4; done

show_start show.orp --device "file:$work/show.wav"
wait_until 30 is_loaded || fail "the media are not loaded"
engine=$(json pids.engine)
expect 0 ctl press ref
for clip in $clips; do
    expect 0 ctl press "$clip"
    sleep 1
    case $clip in
        hung) echo hang >switch ;;
        slow) echo rate 50000 >switch ;;
        failing) echo eio >switch ;;
        little) echo short 100 >switch ;;
    esac
    answered "$clip"
    echo well >switch
    sleep 0.5
    expect 0 ctl stop "$clip"
    sleep 0.2
done
same "the engine" "$(json pids.engine)" "$engine"
show_stop
unhurt ref 1
for clip in $clips; do dry "$clip" 3 24000; done
