#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Backups: every save leaves one, restore lists them and brings one back, in a running show and without one; undo takes it back,
# also after a restart. What was saved can still be undone after a restart. A file that another program changed is not written
# over but by save!.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

name() { ctl get show name; }
session=demo/demo.orp
demo
expect 0 clipgrid restore $session
expect_out 'no backups'
expect 1 clipgrid restore no-such.orp
expect_err 'no-such.orp: no such show'
expect 1 clipgrid restore no-such.orp 1
expect_err 'no-such.orp: no such show'
show_start $session
first=$(name)
expect 0 ctl set show name One
expect 0 ctl save
expect 0 ctl clear 1/1/1
expect 0 ctl gain 1/1/2 -7
expect 0 ctl save
expect 0 ctl restore
same "the backups" "$(sed 's/.*[0-9][0-9]:[0-9][0-9]  //; s/,.*//' out | tr '\n' '|')" "saved|saved|found in the file|"
grep -q '1 gone, 1 changed' out || fail "what changed is not told: $(cat out)"
expect 1 ctl get 1/1/1
expect 0 ctl restore 2
grep -q '^ok .*saved' out || fail "not said which: $(cat out)"
expect 0 ctl get 1/1/1 file
expect 0 ctl undo
expect 1 ctl get 1/1/1
expect 0 ctl redo
expect 1 ctl restore 9
grep -q 'range restore 9: there are 3' out err || fail "not refused in words: $(cat out err)"
expect 0 ctl restore 3
same "the first name" "$(name)" "$first"
same "dirty" "$(json dirty)" true
expect 0 ctl save
show_stop

# Nothing is lost by a restart: all of that can be undone, back to the beginning.
show_start $session
same "dirty" "$(json dirty)" false
expect 0 ctl undo
expect 0 ctl undo
expect 1 ctl get 1/1/1
expect 0 ctl undo
expect 0 ctl undo
same "the name" "$(name)" "ok One"
expect 0 ctl undo
same "the name" "$(name)" "$first"
expect 1 ctl undo
show_stop
expect 1 clipgrid restore $session 2
expect_err 'has unsaved edits'
show_start $session
expect 0 ctl open! "$session"
show_stop

# Without a running show.
expect 0 clipgrid restore $session 2
grep -q 'saved' out || fail "not said which: $(cat out)"
expect 1 clipgrid restore $session 99
show_start $session
expect 1 ctl get 1/1/1
expect 1 clipgrid restore $session 1
expect_err 'has this session open'

# Another program.
sed 's/^name = .*/name = "Mine";/' $session >other && cp other $session
expect 0 ctl set show name Ours
expect 1 ctl save
grep -q 'another program has changed it' out err || fail "$(cat out err)"
cmp -s other $session || fail "written over"
expect 0 ctl save!
grep -q 'name = "Ours"' $session || fail "not saved by save!"
clipgrid restore $session | grep -q 'found in the file' || fail "what was written over is no backup"
expect 0 ctl save kept.orp
grep -q 'name = "Ours"' kept.orp || fail "not saved elsewhere"
expect 0 ctl undo
show_stop
show_start kept.orp
expect 0 ctl redo
same "the name" "$(name)" "ok Ours"
expect 0 ctl get show media
show_stop
