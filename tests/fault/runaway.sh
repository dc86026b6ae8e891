#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# An audio thread that never comes back while it has a realtime priority, RUNS (2) times: the kernel tells it, it loses its
# priority, so that the machine's other work goes on; the supervisor ends the engine, charges the clip, and another engine goes
# on. Needs a build with --enable-debug and realtime rights.
# shellcheck disable=SC2154  # work and show_pid are lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

RUNS=${RUNS:-$(count 2 40)}
mkdir disk disk/media
noise disk/media/ref.wav 60 1
noise disk/media/hurt.wav 60 2
noise disk/media/tick.wav 0.2 3
session disk/show.orp hurt
HURT=1                  # its number
export CLIPGRID_CRASH="$work/crash"

clock_ms() { echo $(($(date +%s%N) / 1000000)); }
# The policy of an engine's audio thread, as proc_pid_stat(5) has it: 1 FIFO, 0 none.
policy() {
    for task in "/proc/$1/task"/*; do
        [ "$(cat "$task/comm" 2>/dev/null)" != audio ] || sed 's/.*) //' "$task/stat" | cut -d' ' -f39
    done
}
is_ordinary() { [ "$(policy "$1")" = 0 ]; }

demotions="" deaths=""
# one_run NUMBER: the audio thread runs away while it makes samples of hurt.
one_run() {
    wait_until 10 has_standby || fail "no engine stands by"
    wait_until 10 is_state hurt playing || fail "it does not play"
    engine=$(pid_of engine)
    from=$(clock_ms)
    echo "audio 0 $HURT" >crash.new
    mv crash.new crash
    wait_until 3 test ! -e crash || skip "a thread runs away in builds with --enable-debug only"
    until is_ordinary "$engine"; do
        [ $(($(clock_ms) - from)) -lt 2000 ] || fail "the audio thread keeps its priority: $(policy "$engine")"
    done
    demotions="$demotions $(($(clock_ms) - from))"
    expect 0 ctl set t1 name "run$1"      # main and this shell work on meanwhile
    wait_until 10 another "$engine" || fail "the engine is not replaced"
    deaths="$deaths $(($(clock_ms) - from))"
}

# Two of a show: then the clip is in quarantine.
for show in $(seq $((RUNS / 2))); do
    show_start disk/show.orp
    wait_until 20 is_loaded || fail "it is not loaded"
    expect 0 ctl press ref
    expect 0 ctl press hurt
    [ "$(policy "$(json pids.engine)")" = 1 ] || skip "no realtime rights"
    one_run "$show.1"
    one_run "$show.2"
    is_state ref playing || fail "what was not to blame is gone"
    wait_until 5 grep -q 'ran for 150 ms without waiting' run.log || fail "it is not said"
    wait_until 5 grep -q 'it made no sound any more' run.log || fail "the watchdog does not say why"
    expect 1 ctl press hurt
    grep -q 'in quarantine' out err || fail "it is not in quarantine: $(cat out err)"
    show_stop
done
# shellcheck disable=SC2046,SC2086  # numbers
figures "runaway loses its priority" "$RUNS" 0 $(spread $demotions) ms
# shellcheck disable=SC2046,SC2086  # numbers
figures "runaway replaced" "$RUNS" 0 $(spread $deaths) ms
