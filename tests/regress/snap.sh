#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# snap-to in a show that runs (SPEC M4): the rate is the file's, and stands in the journal, so that a restart after kill -9 of everything
# finds the same places; undo takes them back. Of a file that is not there the rate is to be said.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

mkdir -p show/media
sox -n -r 44100 -c 1 -b 16 show/media/a.wav synth 2 sine 400
cat >show/show.orp <<'END'
format = "ORP2026A"; tabs = ( { rows = 1; columns = 2; clips = (
{ id = "here"; row = 1; column = 1; file = "a.wav"; in = 1000; out = 60000; fade_markers = ( (9000, 20000, -6.0, "log") );
  markers = ( { name = "v"; at = 5000; } ); }, { id = "gone"; row = 1; column = 2; file = "gone.wav"; in = 1000; } ); } );
END
# places: IN, OUT, the marker and the fade marker of `here`.
places() { echo "$(ctl get here in) $(ctl get here out) $(ctl get here markers) $(ctl get here fade_markers)" | sed 's/ok //g'; }

show_start show/show.orp --device clock
wait_until 20 is_loaded || fail "the media are not loaded"
before=$(places)
expect 0 ctl snap-to here 25 in
same "IN" "$(ctl get here in)" "ok 1764"
same "OUT, which was not named" "$(ctl get here out)" "ok 60000"
expect 0 ctl snap-to 1/1/1 30
same "all places" "$(places)" '1470 60270 ( { name = "v"; at = 4410; } ) ( (8820, 20580, -6.0, "log") )'
expect 1 ctl snap-to gone 25
grep -q 'error refused snap-to gone: the rate of its file is not known; rate HZ says it' out || fail "refused otherwise: $(cat out)"
expect 0 ctl snap-to gone 25 rate 48000
same "IN of a file that is not there" "$(ctl get gone in)" "ok 1920"
expect 0 ctl undo
grep -aqs 'snap-to 1/1/1 30 rate 44100' "$XDG_STATE_HOME"/clipgrid/journal/* || fail "the journal does not say the rate"
after=$(places)
kill -9 "$(pid_of supervisor)" "$(pid_of engine)" "$(pid_of store)"
wait_until 5 is_gone "$show_pid"

show_start show/show.orp --device clock
same "the places after a restart" "$(places)" "$after"
expect 0 ctl undo
expect 0 ctl undo
same "the places before" "$(places)" "$before"
show_stop
