#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Files become clips: on the disk and in a show that runs, in natural order, all or none, one step of undo; media by a worker's
# word and not by their names; a running show's session is left alone.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
mkdir -p one/media/set/deep other
cat >one/one.orp <<'END'
format = "ORP2026A";
tabs = ( { rows = 2; columns = 3; clips = ( { row = 1; column = 2; file = "bell.wav"; id = "bell"; gain = -3.0; } ); }, { rows = 1; columns = 2; } );
END
cp one/one.orp first.orp
for name in bell.wav 10.wav 2.WAV "set/b 1.noise" set/deep/1.wav; do cp demo/media/bell.wav "one/media/$name"; done
echo "no medium" >one/media/set/letter.wav
cp demo/media/rain.wav other/rain.wav
cp demo/media/wind.wav other/bell.wav

# --- on the disk ---

# file ID: what the file says of a clip.
place() { awk -v id="\"$1\";" '$1 == "row" { row = $3 + 0 } $1 == "column" { column = $3 + 0 } $1 == "id" && $3 == id { print row "/" column }' one/one.orp; }

expect 0 clipgrid import one/one.orp one/media/10.wav one/media/2.WAV one/media/set
expect_out '4 clips; 1 file is no medium'
same "the files in their order" "$(grep -o 'file = ".*"' one/one.orp | tr '\n' ' ')" \
    'file = "10.wav" file = "bell.wav" file = "2.WAV" file = "set/b 1.noise" file = "set/deep/1.wav" '
same "the first" "$(place c1)" 1/1
same "the last" "$(place c4)" 2/2
grep -q 'gain = -3.0' one/one.orp || fail "the old clip has changed"

# What is refused changes nothing.
refused() { cp one/one.orp before.orp; said=$1; shift; expect 1 clipgrid import one/one.orp "$@"; expect_err "$said"; cmp -s one/one.orp before.orp || fail "the session has changed"; }
refused 'one/media/set/letter.wav: ' one/media/set/letter.wav
refused 'one/media/absent.wav: no such file' one/media/absent.wav
refused 'import with --copy' other/rain.wav
refused '4 files and 3 free cells: 1 do not fit; nothing is changed' one/media/set one/media/set
refused 'tab 3: the show has 2' --tab 3 one/media/2.WAV
refused 'one/media/set/letter.wav: ' --copy other/rain.wav one/media/set/letter.wav
[ ! -e one/media/rain.wav ] || fail "a refused import has copied"
expect 2 clipgrid import one/one.orp
expect 2 clipgrid import --tab 2 --at 2/1/1 one/one.orp one/media/2.WAV
expect 1 clipgrid import absent.orp one/media/2.WAV
expect_err 'absent.orp: no such show'

# --tab and --at; copies, never over another file.
expect 0 clipgrid import --copy --at 2/1/2 one/one.orp other/bell.wav
cmp other/bell.wav one/media/bell-2.wav || fail "no copy beside the file that was there"
cmp -s demo/media/bell.wav one/media/bell.wav || fail "the file that was there has changed"
same "--at" "$(place c5)" 1/2
expect 0 clipgrid import --copy --tab 2 one/one.orp other/bell.wav
[ ! -e one/media/bell-3.wav ] || fail "a copy that is there is made again"
same "--tab" "$(place c6)" 1/1
same "what is left beside" "$(find one -name '.*')" ""

# --- in a show that runs ---

cp first.orp one/one.orp
show_start one/one.orp
refused "$CLIPGRID_SOCKET has this session open" one/media/2.WAV
expect 0 ctl import set 10.wav 1/1/1
expect_out 'ok 3 clips; 1 file is no medium'
expect 0 ctl get 1/2/1 file
expect_out 'ok 10.wav'
wait_until 20 is_loaded || fail "the new clips do not load"
expect 0 ctl press 1/1/1
expect 1 ctl import "$work/other/rain.wav"
expect 0 ctl import --copy "$work/other/rain.wav" 2/1/1
cmp other/rain.wav one/media/rain.wav || fail "no copy"
expect 0 ctl job
expect_out 'ok no work on media is under way'
expect 1 ctl job cancel
expect 0 ctl undo
expect 1 ctl get 2/1/1
expect 0 ctl undo
expect 1 ctl get 1/2/1
expect 0 ctl redo
expect 0 ctl get 1/2/1 file
expect_out 'ok 10.wav'
expect 1 ctl import set set 2/1/1
grep -q 'do not fit' out || fail "a full grid is not said"

# What was answered ok outlives store and engine.
kill -9 "$(pid_of store)" "$(pid_of engine)"
wait_until 20 answers || fail "the show does not come back"
expect 0 ctl get 1/2/1 file
expect_out 'ok 10.wav'
kill "$show_pid"
wait "$show_pid" || true
refused 'has unsaved edits' one/media/2.WAV
