#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What an operator was told is still told by the engine that takes a killed one's place, once and in its order, also if the supervisor
# was killed in between; a refusal that was read on a screen is not shown again as unread.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

clipgrid demo demo >/dev/null
rm demo/media/rain.*
show_start demo/demo.orp
notices() { clipgrid status --json | grep -o '"notices":\[.*'; }
said() { notices | grep -q -- "$1"; }
count_of() { notices | grep -o -- "$1" | wc -l; }
engine_dies() {
    deaths=$((deaths + 1))
    has_standby() { [ "$(json pids.standby)" != null ] && [ "$(json pids.standby)" -gt 0 ]; }
    wait_until 10 has_standby || fail "no engine stands by"
    kill -9 "$(pid_of engine)"
    told() { [ "$(count_of "the engine ended")" = "$deaths" ]; }
    wait_until 20 told || fail "$deaths deaths of engines are not told of: $(notices)"
}
deaths=0
wait_until 20 said 'rain.*no such file' || fail "nothing is said of the missing file: $(notices)"
screen_start 120 40 "$CLIPGRID" attach
screen_wait Stage
screen_keys 1
screen_wait '^! .*rain'
screen_keys C-n
unread() { screen_has '^N: read'; }
read_now() { ! unread; }
wait_until 5 read_now || fail "the refusal stays: $(screen_text)"

before=$(count_of 'rain[^"]*no such file')
engine_dies
same "times that the missing file is told of" "$(count_of 'rain[^"]*no such file')" "$before"
if unread; then fail "what was read is unread: $(screen_text)"; fi
supervisor=$(pid_of supervisor)
kill -9 "$supervisor"
inherited() { now=$(json pids.supervisor 2>/dev/null) && [ "$now" -gt 0 ] && [ "$now" != "$supervisor" ]; }
wait_until 10 inherited || fail "no other supervisor"
engine_dies
engine_dies
notices | grep -q 'no such file.*the engine ended.*the supervisor was killed.*the engine ended.*the engine ended' ||
    fail "they are not in their order: $(notices)"
# More than are kept: the oldest go.
for _ in $(seq 40); do expect 1 ctl press rain; done
deaths=0
engine_dies
holds "notices" "$(notices | grep -o '","' | wc -l) < 40"
show_pid=$(pid_of supervisor)
expect 0 ctl quit
wait_until 10 is_gone "$show_pid" || fail "the show does not end"
