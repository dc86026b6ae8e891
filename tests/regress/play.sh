#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A show in the foreground, driven by ctl: a press sounds, status tells of it, a stop ends it, edits are kept and saved.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
show_start demo/demo.orp
wait_until 20 is_loaded || fail "the media are not loaded"
events_watch

expect 0 ctl press rain
expect_out ok
wait_until 20 is_state rain looping || fail "rain does not loop"
expect 0 ctl press 1/2/2
wait_until 20 is_state far playing || fail "1/2/2 does not play"
same "voices" "$(json voices.#)" 2
same "the first voice" "$(json voices.0.id) $(json voices.0.clip) $(json voices.0.group) $(json voices.0.state)" "rain 1/1/1 A looping"
same "the rest of it" "$(json voices.0.remaining_s) $(json voices.0.gain_db)" "null -6.000"
holds "its pass" "$(json voices.0.pass) >= 1"           # of 4 s
same "the device" "$(json device.name) $(json device.state) $(json device.rate) $(json device.period)" "clock running 48000 64"
same "the session" "$(json session) $(json name) $(json dirty)" "$work/demo/demo.orp Demo false"
heard() { awk "BEGIN { exit !($(json busses.0.peak_db) > -60) }"; }
wait_until 20 heard || fail "bus A is silent"
expect 0 ctl stop rain
happened 'end stop [^ ]* rain '
wait_until 20 is_state rain "" || fail "rain goes on"
expect 0 ctl panic
expect 0 ctl panic
nothing() { [ "$(json voices.#)" = 0 ]; }
wait_until 20 nothing || fail "panic leaves something"

# Refusals: an answer in words, exit status 1; the rest of a batch is still done.
expect 1 ctl press nobody
grep -q '^error unknown nobody' out || fail "not the refusal of an unknown clip"
expect 1 ctl gain rain 13
grep -q '^error range' out || fail "not the refusal of a gain"
expect 1 ctl frob
grep -q '^error unknown' out || fail "not the refusal of a command"
printf 'press bell\nfrob\nget bell gain\n' >batch.txt
got=0
ctl <batch.txt >out 2>err || got=$?
same "status of the batch" "$got" 1
same "answers of the batch" "$(cut -c 1-13 out | tr '\n' '/')" "ok/error unknown/ok -6.0/"

# A press that is ignored says so; layers are counted; a choke group lets go of the last one.
expect 0 ctl press foghorn
wait_until 20 is_state foghorn playing || fail "foghorn"
expect 1 ctl press foghorn
grep -q '^error refused' out || fail "not the refusal of an ignored press"
expect 0 ctl press jingle
expect 0 ctl press ident
happened 'end choke [^ ]* jingle '

# Edits: done, undone, done again, saved.
expect 0 ctl gain rain -20
same "the gain" "$(ctl get rain gain)" "ok -20.0"
same "dirty" "$(json dirty)" true
expect 0 ctl undo
same "the gain undone" "$(ctl get rain gain)" "ok -6.0"
expect 0 ctl redo
expect 0 ctl set rain name "Heavy rain"
expect 0 ctl save
same "dirty" "$(json dirty)" false
grep -q 'name = "Heavy rain";' demo/demo.orp || fail "the name is not in the file"
grep -q 'gain = -20.0;' demo/demo.orp || fail "the gain is not in the file"

# Show lock: firing and stopping work, editing does not.
expect 0 ctl lock on
expect 1 ctl gain rain 0
grep -q '^error locked' out || fail "an edit under lock"
expect 0 ctl press thunder
expect 0 ctl lock off

pids="$(pid_of supervisor) $(pid_of engine) $(pid_of store)"
show_stop
for pid in $pids; do wait_until 20 is_gone "$pid" || fail "process $pid is left"; done
[ ! -e "$CLIPGRID_SOCKET" ] || fail "the socket is left"
expect 2 clipgrid status
