#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each level of load (SPEC S4), shown, logged and answered, from end to end: with a load that the machine does not have, which
# a build with --enable-debug reads from a file (platform/load.h). What sounds goes on through all of it.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

# load SOUND SYSTEM, in parts per million
load() { echo "$1 $2" >load.new && mv load.new load; }
load 20000 100000
export CLIPGRID_LOAD="$work/load"
echo 'load_ceiling = 90;' >config/clipgrid/clipgrid.conf
demo
show_start demo/demo.orp -v
wait_until 20 is_loaded || fail "the media are not loaded"
forced() { [ "$(json system_load)" = 0.1000 ]; }
wait_until 3 forced || skip "a load can be forced in builds with --enable-debug only"
events_watch

# is_at LEVEL YIELDS...
is_at() {
    level=$1
    shift
    [ "$(json load_level) $(json yields.#)" = "$level $#" ] || return 1
    at=0
    for what in "$@"; do
        [ "$(json "yields.$at")" = "$what" ] || return 1
        at=$((at + 1))
    done
}
reach() { wait_until 20 is_at "$@" || fail "not $*: $(clipgrid status --json)"; }
refused() {
    expect 1 ctl "$@"
    grep -q 'the load is critical: nothing new starts until it is lower' out || fail "not the refusal of $*: $(cat out)"
}

expect 0 ctl press rain
wait_until 20 is_state rain looping || fail "rain does not loop"
voice=$(json voices.0.elapsed_s)
holds "the load of a voice" "$(json voices.0.load) >= 0 && $(json voices.0.load) < 1 && $(json voices.0.memory_kb) > 0"
reach normal

load 20000 750000
reach warn prediction
happened 'notice load warn: sound 2 %, system 75 %; loading ahead waits'
load 20000 950000
reach critical prediction screens
clipgrid status | grep -q '(load critical: sound 2 %, system 95 %; screens draw less often)' || fail "status does not tell"
expect 0 ctl press bell                 # a machine that is merely busy refuses nothing

load 900000 200000
reach critical prediction screens preview voices
happened 'notice load critical: sound 90 %, system 20 %; nothing new is auditioned'
happened 'notice load critical: sound 90 %, system 20 %; no new clip starts'
refused press far
refused audition far
happened 'refused .* far .*the load is critical'
expect 0 ctl seek rain 0
is_state rain looping || fail "rain does not sound on"

load 640000 200000
reach critical prediction screens preview voices
load 20000 100000
reach normal
happened 'notice load normal: sound 2 %, system 10 %; nothing waits any more'
expect 0 ctl press far
expect 0 ctl audition bell
wait_until 20 is_state far playing || fail "far does not play"
is_state rain looping || fail "rain does not sound on"
holds "rain's time" "$(json voices.0.elapsed_s) > $voice"
wait_until 5 grep -q 'load critical' run.log || fail "it is not in the log"
show_stop

# The technical log has it, and a replay refuses what was refused.
grep -q 'load critical: sound 90 %, system 20 %; no new clip starts' "$XDG_STATE_HOME"/clipgrid/log/* ||
    fail "it is not in the technical log"
expect 0 clipgrid replay "$(find "$XDG_STATE_HOME/clipgrid/flight" -name '*.flight')" --hash
same "refusals of the replay" "$(grep -c 'the load is critical' err)" 2
