#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A file is heard on the Audition bus before any clip has it: it touches no document, stops when told again, is looked for
# anew when it was missing, and stays inside the media folder.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
show_start demo/demo.orp
wait_until 20 is_loaded || fail "the media are not loaded"
cp demo/media/rain.wav demo/media/new.wav

auditions() { [ "$(json voices.#)" = 1 ] && [ "$(json voices.0.clip) $(json voices.0.state)" = "file auditioning" ]; }
nothing() { [ "$(json voices.#)" = 0 ]; }
expect 0 ctl audition file:new.wav
expect_out ok
wait_until 20 auditions || fail "it does not sound"
same "its name" "$(json voices.0.name)" new.wav
same "the document" "$(json dirty)" false
heard() { awk "BEGIN { exit !($(json busses.4.peak_db) > -60) }"; }
wait_until 20 heard || fail "the Audition bus is silent"
expect 0 ctl audition file:new.wav
wait_until 20 nothing || fail "told again, it goes on"

expect 0 ctl audition file:new.wav at 1.0
wait_until 20 auditions || fail "it does not sound from 1 s"
further() { [ "$(json voices.0.position_frames)" -ge 48000 ]; }
wait_until 20 further || fail "it does not begin at 1 s"
expect 0 ctl audition bell
one_bell() { [ "$(json voices.#)" = 1 ] && [ "$(json voices.0.id)" = bell ]; }
wait_until 20 one_bell || fail "a clip does not take its place"
wait_until 20 nothing || fail "the bell goes on"

refused() { ! ctl audition file:late.wav >/dev/null; }
wait_until 20 refused || fail "a file that is not there is never refused"
cp demo/media/rain.wav demo/media/late.wav
sounds() { ctl audition file:late.wav >/dev/null; auditions; }
wait_until 20 sounds || fail "a file that has come is not heard"
expect 0 ctl panic
expect 0 ctl panic
wait_until 20 nothing || fail "panic leaves it"

expect 1 ctl audition file:../demo.orp
grep -q '^error range file ../demo.orp' out || fail "not the refusal of a path that leaves the folder"
expect 1 ctl audition file:new.wav marker 1
grep -q '^error usage' out || fail "not the refusal of a marker"
show_stop
