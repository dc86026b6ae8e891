#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The disk of the session and of the journal hangs (a frozen ext4). Triggers are answered, the sound is the same, edits go on
# and are said not to be on the disk, media are loaded; when it thaws all edits are on it.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need_root
need fsfreeze
need mkfs.ext4
need python3
mount_disk "$work/disk" 16
mkdir media
noise media/ref.wav 40 1
noise media/tick.wav 0.1 2
noise media/late.wav 1 3
session disk/show.orp late
sed -i "s|^format = .*|&\nmedia = \"$work/media\";|" disk/show.orp
rendered disk/show.orp ref 30
export XDG_STATE_HOME="$work/disk/state"

show_start disk/show.orp --device "file:$work/show.wav"
wait_until 30 is_loaded || fail "the media are not loaded"
before=$(lives)
"$CLIPGRID" ctl idle >events 2>/dev/null </dev/null &
children="$children $!"
expect 0 ctl press ref
sleep 1
freeze "$work/disk" 20
expect 0 ctl set late name Frozen
expect 0 ctl set late gain -3
same "the answer to an edit that no disk has" "$(ctl set late pan 0.5)" "ok (not on disk yet)"
answered "a frozen disk"
wait_until 10 grep -q 'edits not on disk: [0-9]' events || fail "nobody says that edits are not on the disk: $(cat events)"
# A save has no answer now, and nothing waits for it.
(ctl save >saved 2>&1) &
children="$children $!"
expect 0 ctl set late file tick.wav
wait_until 20 is_loaded || fail "no medium is loaded while the session's disk hangs"
answered "a save that hangs"
[ ! -s saved ] || fail "saved on a frozen disk: $(cat saved)"
thaw "$work/disk"
wait_until 20 grep -q 'answers again' events || fail "nobody says that the disk answers again"
is_saved() { [ "$(cat saved)" = ok ] || grep -q '^ok' saved; }
wait_until 20 is_saved || fail "not saved after the thaw: $(cat saved)"
grep -q 'name = "Frozen"' disk/show.orp || fail "the edit is not in the file"
is_plain() { [ "$(ctl set late pan 0)" = ok ]; }
wait_until 10 is_plain || fail "the disk is well, and edits are not answered with ok"
same "the processes" "$(lives)" "$before"
show_stop
unhurt ref 1
