#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# An engine is killed while the store hangs, ROUNDS (2) times: the next one sounds without a document. What needs none is answered at
# once and heard; the rest waits for the document, at most two seconds; what waits is done once when it comes, and is given up
# when something ends sound.
# shellcheck disable=SC2154  # work and show_pid are lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

ROUNDS=${ROUNDS:-$(count 2 20)}
mkdir disk disk/media
noise disk/media/ref.wav 60 1
noise disk/media/hurt.wav 60 2
noise disk/media/tick.wav 0.2 3
session disk/show.orp hurt
clock_ms() { echo $(($(date +%s%N) / 1000000)); }
goes_on() { now=$(json pids.engine 2>/dev/null) && [ -n "$now" ] && [ "$now" != "$1" ]; }
# quiet CHANNEL: what was recorded last has silence at its end.
quiet() {
    end=$(frames_of show.wav)
    [ "$("$TOOLS/wavq" peak show.wav "$1" $((end - 4800)) "$end")" = 0 ]
}
# frozen: without a document, the sound of another engine.
frozen() {
    engine=$(pid_of engine) store=$(pid_of store)
    stopped=$store
    kill -STOP "$store"
    kill -9 "$engine"
    wait_until 10 goes_on "$engine" || fail "no engine while the store hangs"
}
stopped=
trap '[ -z "$stopped" ] || kill -CONT "$stopped" 2>/dev/null; end_fault' EXIT
begin() {
    show_start disk/show.orp --device "file:$work/show.wav"
    wait_until 20 is_loaded || fail "it is not loaded"
    has_standby() { [ "$(json pids.standby)" != null ]; }
    wait_until 10 has_standby || fail "no standby engine"
}

at_once='' refused=''
for round in $(seq "$ROUNDS"); do
    begin
    expect 0 ctl press ref
    expect 0 ctl press hurt
    frozen
    same "the show's file, as it is told" "$(json session)" "$work/disk/show.orp"
    same "voices without a document" "$(json voices.#)" 2
    same "such a voice" "$(json voices.0.id) $(json voices.0.state)" " playing"
    from=$(clock_ms)
    expect 0 ctl stop group:B
    at_once="$at_once $(($(clock_ms) - from))"
    wait_until 10 quiet 3 || fail "group B sounds on"
    quiet 1 && fail "group A was not to stop"

    from=$(clock_ms)
    expect 1 ctl press t1
    refused="$refused $(($(clock_ms) - from))"
    grep -q '^error busy the show.s document is not there' out || fail "it does not say why: $(cat out)"

    # This one waits, and comes to nothing, since a panic comes after it.
    "$CLIPGRID" ctl press hurt >given-up 2>&1 &
    pressed=$!
    sleep 0.2
    from=$(clock_ms)
    expect 0 ctl panic
    at_once="$at_once $(($(clock_ms) - from))"
    wait "$pressed" && fail "a press before a panic was done: $(cat given-up)"
    wait_until 10 quiet 1 || fail "a panic without a document is not heard"

    kill -CONT "$store"
    wait_until 10 is_loaded || fail "the document does not come"
    same "voices after a panic" "$(json voices.0.id 2>/dev/null || true)" ""

    # This one waits, and is done once.
    frozen
    "$CLIPGRID" ctl press t2 >waited 2>&1 &
    pressed=$!
    sleep 0.2
    kill -CONT "$store"
    wait "$pressed" || fail "what waits is not done: $(cat waited)"
    stopped=
    expect 0 ctl get t2 name
    show_stop
    rm show.wav
done
# With a document: who saves to another file while the store hangs is not held for ever, and hears of the end of it.
begin
"$CLIPGRID" ctl idle >events 2>/dev/null </dev/null &
children="$children $!"
stopped=$(json pids.store)
kill -STOP "$stopped"
printf 'save %s\nstatus\n' "$work/disk/other.orp" >lines
input=lines
expect 1 ctl
input=/dev/null
grep -q '^error busy the disk does not answer' out || fail "a save that hangs holds who asked: $(cat out)"
grep -q '^ok clipgrid' out || fail "no line after it is answered: $(cat out)"
kill -CONT "$stopped"
stopped=
wait_until 10 grep -q 'notice after all: save .*other.orp$' events || fail "nobody tells that it is saved: $(cat events)"
[ -s disk/other.orp ] || fail "it is not saved"
show_stop

# shellcheck disable=SC2046,SC2086  # numbers
figures "answered without a document" $((ROUNDS * 2)) 0 $(spread $at_once) ms
# shellcheck disable=SC2046,SC2086
figures "refused without a document" "$ROUNDS" 0 $(spread $refused) ms
