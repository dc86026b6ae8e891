#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Undo, 1,000 deep, survives kill -9 of all processes and a restart: EDITS (1,700) edits, of which the journal keeps what is needed,
# a kill, then 1,000 times undo and as often redo.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
EDITS=${EDITS:-1700}
work_in_memory          # a disk that others keep busy for a second would make some answers `ok (not on disk yet)`

demo
show_start demo/demo.orp
seq "$EDITS" | sed 's/^/set show name n/' >lines
"$CLIPGRID" ctl <lines >answers || fail "an edit is refused"
same "edits answered" "$(grep -cx ok answers)" "$EDITS"
# shellcheck disable=SC2046  # numbers
kill -9 $(pid_of supervisor) $(pid_of engine) $(pid_of store)
wait "$show_pid" 2>/dev/null || :
show_start demo/demo.orp
same "the last edit" "$(ctl get show name)" "ok n$EDITS"
yes undo | head -n 1000 >lines
"$CLIPGRID" ctl <lines >answers || fail "an undo is refused: $(grep -v '^ok' answers | head -n 1)"
same "what 1,000 undos lead to" "$(ctl get show name)" "ok n$((EDITS - 1000))"
yes redo | head -n 1000 >lines
"$CLIPGRID" ctl <lines >answers || fail "a redo is refused: $(grep -v '^ok' answers | head -n 1)"
same "what 1,000 redos lead to" "$(ctl get show name)" "ok n$EDITS"
show_stop
figures "steps of undo behind a kill" 1000 0 - - - -
