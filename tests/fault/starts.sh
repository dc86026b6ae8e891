#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Starts. RACES (5) times eight at once for one socket (FAULTS 45): one show comes of it, with one engine, and all the others say so
# and leave with status 1, or attach to it, as they were asked to. KILLS (5) times all processes of a show are killed, and it is started
# again at once (FAULTS 46): what is left of it, a socket, a lock and a process number in that, is in nobody's way.
# shellcheck disable=SC2154  # work and show_pid are lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

RACES=${RACES:-$(count 5 100)} KILLS=${KILLS:-$(count 5 100)}
demo
clock_ms() { echo $(($(date +%s%N) / 1000000)); }
# ours ROLE: this script's processes of a role; zombies have no environment.
ours() {
    for environ in $(grep -lsxz "HOME=$work" /proc/[0-9]*/environ); do
        grep -qsxz "$1" "${environ%environ}cmdline" && echo "${environ%/environ}"
    done
    true
}
nobody_left() { [ -z "$(ours '@[a-z]*')" ]; }
are_one() { [ "$(ours '@supervisor' | wc -l) $(ours '@engine' | wc -l)" = '1 2' ]; }
has_standby() { now=$(json pids.standby 2>/dev/null) && [ "$now" != null ]; }

wrong=0 times=
for race in $(seq "$RACES"); do
    racers=
    from=$(clock_ms)
    for i in 1 2 3 4 5 6 7; do
        "$CLIPGRID" run demo/demo.orp --device clock >"run$i.log" 2>&1 </dev/null &
        racers="$racers $!"
    done
    # this one attaches, or starts it: it has no terminal, and tells events as lines
    "$CLIPGRID" demo/demo.orp --plain --device clock >"run8.log" 2>&1 </dev/null &
    attached=$!
    children="$children $racers $attached"
    wait_until 20 answers || fail "no show came up: $(cat run?.log)"
    times="$times $(($(clock_ms) - from))"
    wait_until 10 has_standby || fail "no standby engine"
    # those that lost may take a moment to leave
    wait_until 10 are_one || fail "race $race: $(ours '@supervisor' | wc -l) supervisors, not 1; $(ours '@engine' | wc -l) engines, not 2"
    supervisor=$(pid_of supervisor) lost=0 i=0
    for pid in $racers; do
        i=$((i + 1))
        [ "$pid" != "$supervisor" ] || continue
        status=0
        wait "$pid" || status=$?
        [ "$status $(wc -l <"run$i.log")" = "1 1" ] || { wrong=$((wrong + 1)); echo "status $status: $(cat "run$i.log")"; }
        lost=$((lost + 1))
    done
    holds "race $race: those that lost" "$lost >= 6"
    expect 0 ctl quit
    wait "$attached" || wrong=$((wrong + 1))
    wait_until 10 nobody_left || fail "left after quit: $(ours '@[a-z]*')"
done
same "racers that did not say what became of them" "$wrong" 0
# shellcheck disable=SC2046,SC2086  # numbers
figures "eight starts at once" "$RACES" "$wrong" $(spread $times) ms

times= stale=0
for kill in $(seq "$KILLS"); do
    show_start demo/demo.orp
    [ "$kill" = 1 ] || sleep "0.$((kill * 37 % 40 + 10))"
    expect 0 ctl set rain name "before$kill"
    # shellcheck disable=SC2046  # numbers
    kill -9 $(ours '@[a-z]*' | sed 's|/proc/||') || true
    wait "$show_pid" || true
    wait_until 5 nobody_left || fail "a process outlives SIGKILL: $(ours '@[a-z]*')"
    [ ! -S "$CLIPGRID_SOCKET" ] || stale=$((stale + 1))         # a process forked as the others were looked for may have tidied up
    # the number in the lock file is another process's by now: this one's
    echo $$ >"$CLIPGRID_SOCKET.lock"
    from=$(clock_ms)
    show_start demo/demo.orp
    times="$times $(($(clock_ms) - from))"
    same "an edit before kill $kill" "$(ctl get rain name)" "ok before$kill"
    show_stop
done
# shellcheck disable=SC2046,SC2086
set -- $(spread $times)
figures "start after everything was killed" "$KILLS" 0 "$@" ms
holds "a start after a kill: median ms" "$1 <= 1000"
holds "kills that left a stale socket" "$stale * 2 > $KILLS"
