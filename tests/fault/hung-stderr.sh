#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The stderr of a show is a file on a disk that hangs (a frozen ext4), and much is said: triggers are answered, the
# sound is the same, a store that dies is started again, the show ends in time. What was said is in the file after the thaw.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need_root
need fsfreeze
need mkfs.ext4
need python3
mount_disk "$work/disk" 16
mkdir media
noise media/ref.wav 20 1
noise media/tick.wav 0.1 2
session show.orp
rendered show.orp ref 15

"$CLIPGRID" run show.orp -v -v --device "file:$work/show.wav" 2>disk/said </dev/null &
show_pid=$!
children="$children $show_pid"
is_here() { ctl status >/dev/null 2>&1; }
wait_until 30 is_here || fail "there is no show"
wait_until 30 is_loaded || fail "the media are not loaded"
[ -s disk/said ] || fail "nothing is said"
expect 0 ctl press ref
sleep 0.5
freeze "$work/disk" 20

# Who waited for the disk waited until it thawed by itself.
thaws() {
    fsfreeze -u "$work/disk" 2>/dev/null || fail "the show waited for the disk"
    thaw=
}

# Engine, store and supervisor have something to say.
store=$(pid_of store)
for name in 1 2 3; do
    expect 0 ctl set t1 name "$name"
    kill -9 "$store"
    is_other() { pid_now store && [ "$now" != "$store" ]; }
    wait_until 20 is_other || fail "the supervisor waits for the disk"
    store=$now
done
answered "a stderr that hangs"
thaws
is_said() { grep -q 'store (pid [0-9]*) ended: signal 9' disk/said; }
wait_until 10 is_said || fail "after the thaw the file has nothing of it"

# It hangs for good: the end of the show waits for nobody.
freeze "$work/disk" 20
show_stop
thaws
unhurt ref 1
