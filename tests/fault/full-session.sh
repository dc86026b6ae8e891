#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The disk of the session and of its journal is full, has no inodes, becomes read-only, or the session may not be written any more
# (FAULTS 5, 6, 33): the sound goes on, edits are taken and say that they are not on the disk, a save is refused in one line and the
# file is as it was; with room again all EDITS (200) are on the disk by themselves, and the save is done.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need_root
need python3
EDITS=${EDITS:-$(count 200 2000)}
mkdir media disk
noise media/ref.wav 60 1
noise media/tick.wav 0.1 2
noise media/late.wav 1 3
mount -t tmpfs -o size=1m,nr_inodes=64 none disk 2>/dev/null || skip "no tmpfs can be mounted"
mounts="$work/disk"
session disk/show.orp late
sed -i "s|^format = .*|&\nmedia = \"$work/media\";|" disk/show.orp
rendered disk/show.orp ref 30
export XDG_STATE_HOME="$work/disk/state"
show_start disk/show.orp --device "file:$work/show.wav"
wait_until 30 is_loaded || fail "the media are not loaded"
"$CLIPGRID" ctl idle >events 2>/dev/null </dev/null &
children="$children $!"
expect 0 ctl press ref
expect 0 ctl save
before=$(lives)
number=0

fill() { for n in 1 2 3; do head -c 4096 /dev/zero >>disk/greedy 2>/dev/null || :; cat /dev/zero >>disk/greedy 2>/dev/null || :; done; }
# While it is so: a save and an edit, which are answered so.
is_waiting() { [ "$(ctl set late name "waits")" = "ok (not on disk yet)" ]; }
is_well() { [ "$(ctl set late name "well$number")" = ok ]; }
# refused WHY: a save is, and the file is as it was.
refused() {
    cp disk/show.orp as_it_was
    expect 1 ctl save
    same "lines that refuse the save ($1)" "$(wc -l <out)" 1
    grep -q "^error io .*not saved: .*$1" out || fail "the save is not refused for '$1': $(cat out)"
    cmp -s disk/show.orp as_it_was || fail "a refused save changed the file ($1)"
}
# saved: all that was edited is in the file now, and the journal had it before.
saved() {
    wait_until 20 is_well || fail "edits are not on the disk again: $(ctl set late name x)"
    [ "${1-}" != waited ] || grep -q " set late name edit$number\$" disk/state/clipgrid/journal/* || fail "the journal has not got what waited"
    expect 0 ctl save
    grep -q "name = \"well$number\"" disk/show.orp || fail "the save has not got the last edit"
}

# No room: many edits, until none is written.
fill
while [ $number -lt "$EDITS" ]; do
    number=$((number + 1))
    echo "set late name edit$number"
done >lines
"$CLIPGRID" ctl <lines >answers || fail "an edit is refused"
same "edits answered" "$(grep -c '^ok' answers)" "$EDITS"
fill
wait_until 20 is_waiting || fail "no edit waits on a full disk"
wait_until 10 grep -q 'edits not on disk: [0-9]' events || fail "nobody says that edits are not on the disk"
refused 'No space'
rm disk/greedy
saved waited
same "edits that wait, with room again" "$(grep -c 'all edits are on the disk again' events)" 1
figures "no room for a session" "$EDITS" 0 - - - -

# No inodes: edits are lines of a file that is there; a save needs a new one.
n=0
while touch "disk/inode$n" 2>/dev/null; do n=$((n + 1)); done
refused 'No space'
is_well || fail "an edit waits for an inode"
rm disk/inode*
saved
figures "no inode for a session" 1 0 - - - -

# Read-only, and back: by another mount over it, for files are open in this one.
mount --bind disk disk
mounts="$work/disk $work/disk"
mount -o remount,bind,ro disk
refused 'Read-only'
umount disk
mounts="$work/disk"
saved
figures "a session's disk is read-only" 1 0 - - - -

# The file is protected from its own program.
if command -v chattr >/dev/null && chattr +i disk/show.orp 2>/dev/null; then
    refused 'not permitted'
    chattr -i disk/show.orp
    saved
    figures "a session's file is protected" 1 0 - - - -
fi
same "the processes" "$(lives)" "$before"
show_stop
unhurt ref 1
