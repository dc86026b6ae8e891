#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Engine and store are killed at once, TIMES, right behind a command that was answered, and every other time the supervisor before
# them: not one line is missing in the technical log, nor twice in it, and the recordings can be played again.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
TIMES=${TIMES:-$(count 12 200)}

demo
show_start demo/demo.orp
wait_until 20 is_loaded || fail "the media do not load"
expect 0 ctl press rain
log=$XDG_STATE_HOME/clipgrid/log/technical.jsonl
joined() { now=$(json pids.store 2>/dev/null) && [ "$now" -gt 0 ] && [ "$now" != "$store" ] && [ "$(json pids.heir)" != null ]; }
inherited() { now=$(json pids.supervisor 2>/dev/null) && [ "$now" -gt 0 ] && [ "$now" != "$supervisor" ]; }
for n in $(seq "$TIMES"); do
    wait_until 10 has_standby || fail "no engine stands by"
    engine=$(pid_of engine) store=$(pid_of store) supervisor=$(pid_of supervisor)
    expect 0 ctl mute group:D on
    if [ $((n % 2)) = 0 ]; then
        kill -9 "$supervisor"
        wait_until 10 inherited || fail "no other supervisor"
        sleep 0.3                       # who kills all three at once means the show
    fi
    expect 0 ctl fade rain -1 0.01"$n"
    kill -9 "$engine" "$store"
    wait_until 10 another "$engine" || fail "no other engine"
    wait_until 20 joined || fail "no other store"
done
logged() { grep -q "fade rain -1 0.01$TIMES\"" "$log"; }
wait_until 10 logged || true
lost=0
for n in $(seq "$TIMES"); do
    [ "$(grep -c "\"kind\":\"line\",\"text\":\"fade rain -1 0.01$n\"" "$log")" = 1 ] || lost=$((lost + 1))
done
figures "engine and store killed, lines of the log" "$TIMES" "$lost" - - - lines
same "lines that are not once in the log" "$lost" 0
supervisor=$(pid_of supervisor)
expect 0 ctl quit
wait_until 10 is_gone "$supervisor" || fail "the show does not end"
expect 0 clipgrid replay
for recording in "$XDG_STATE_HOME"/clipgrid/flight/*.flight; do
    last=$recording
done
expect 0 clipgrid replay "$last" --out again.wav
