#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The supervisor, killed KILLS (20) times while clips sound and somebody listens: each time its heir takes its place, and every
# sample is as without it; who listens stays connected, and no other show can begin meanwhile. Then an engine and a store are
# killed as if nothing had been, and the heir alone. At last supervisor and heir at once, ENDS (3) times: the show fades
# out, its store closes its files, and no process is left.
# shellcheck disable=SC2154  # work and show_pid are lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

KILLS=${KILLS:-$(count 20 500)} ENDS=${ENDS:-$(count 3 30)}
seconds=$((KILLS / 2 + 10))
mkdir disk disk/media
noise disk/media/ref.wav "$seconds" 1
noise disk/media/hurt.wav "$seconds" 2
noise disk/media/tick.wav 0.2 3
session disk/show.orp hurt
cp disk/show.orp disk/other.orp
rendered disk/show.orp ref "$seconds"
rendered disk/show.orp hurt "$seconds"

# The processes of this script's shows; zombies have no environment.
ours() {
    for environ in $(grep -lsxz "HOME=$work" /proc/[0-9]*/environ); do
        grep -qsz '^@' "${environ%environ}cmdline" && echo "${environ%/environ}"
    done
    true
}
nobody_left() { [ -z "$(ours)" ]; }
has_heir() { now=$(json pids.heir 2>/dev/null) && [ -n "$now" ] && [ "$now" != null ] && [ "$now" != "${1-}" ]; }
another() { now=$(json "pids.$1" 2>/dev/null) && [ -n "$now" ] && [ "$now" != null ] && [ "$now" != "$2" ] && [ "$now" != 0 ]; }
clock_ms() { echo $(($(date +%s%N) / 1000000)); }
begin() {
    rm -f show.wav
    show_start disk/show.orp --device "file:$work/show.wav" "$@"
    wait_until 20 is_loaded || fail "it is not loaded"
    wait_until 10 has_heir || fail "there is no heir"
}

begin
"$CLIPGRID" ctl idle >events 2>/dev/null </dev/null &
listener=$!
children="$children $listener"
lost=0 times=
expect 0 ctl press ref
expect 0 ctl press hurt
engine=$(pid_of engine) standby=$(json pids.standby) store=$(pid_of store)
for kill in $(seq "$KILLS"); do
    supervisor=$(pid_of supervisor) heir=$(json pids.heir)
    from=$(clock_ms)
    kill -9 "$supervisor"
    [ $((kill % 5)) != 1 ] || expect 1 clipgrid run disk/other.orp --device clock
    until another supervisor "$supervisor"; do :; done
    times="$times $(($(clock_ms) - from))"
    [ "$now" = "$heir" ] || lost=$((lost + 1))
    wait_until 10 has_heir "$heir" || fail "the heir has no heir"
done
same "supervisors that their heirs did not follow" "$lost" 0
same "the other processes" "$(json pids.engine) $(json pids.standby) $(json pids.store)" "$engine $standby $store"
same "the lock's holder" "$(cat "$CLIPGRID_SOCKET.lock")" "$(json pids.supervisor)"
# shellcheck disable=SC2046,SC2086  # numbers
figures "supervisor killed" "$KILLS" "$lost" $(spread $times) ms

heir=$(json pids.heir) supervisor=$(pid_of supervisor)
kill -9 "$heir"
wait_until 10 has_heir "$heir" || fail "an heir that was killed is not replaced"
same "the supervisor without its heir" "$(json pids.supervisor)" "$supervisor"
sleep 1
unhurt ref 1
unhurt hurt 3
told=$(grep -c 'the supervisor was killed' events)
same "times that somebody who listened was told" "$told" "$KILLS"

kill -9 "$(pid_of engine)"
wait_until 10 another engine "$engine" || fail "no engine after an adoption"
wait_until 10 is_state ref playing || fail "an engine after an adoption does not go on: $(clipgrid status)"
expect 0 ctl set ref name first
kill -9 "$(pid_of store)"
expect 0 ctl set ref name second
wait_until 10 another store "$store" || fail "no store after an adoption"
expect 0 ctl save
grep -q 'name = "second"' disk/show.orp || fail "what was answered is not in the file"
expect 0 ctl quit
wait_until 10 nobody_left || fail "left after quit: $(ours)"
wait "$show_pid" && fail "the shell's child was killed, and it does not know"

late=
for end in $(seq "$ENDS"); do
    begin
    expect 0 ctl press ref
    wait_until 10 is_state ref playing || fail "it does not play"
    sleep "0.$((end * 37 % 90 + 10))"
    expect 0 ctl set ref name "end$end"
    supervisor=$(pid_of supervisor) heir=$(json pids.heir)
    from=$(clock_ms)
    kill -9 "$supervisor" "$heir"
    wait_until 10 nobody_left || fail "left after supervisor and heir: $(ours)"
    late="$late $(($(clock_ms) - from))"
    wait "$show_pid" || true
    last=$("$TOOLS/wavq" last show.wav 1 0 -1)
    loud=$("$TOOLS/wavq" rms show.wav 1 $((last - 2000)) $((last - 1500)))
    soft=$("$TOOLS/wavq" rms show.wav 1 $((last - 12)) "$last")
    holds "the end, a fade: dB before and in its last 12 frames" "$soft < $loud - 20"
    grep -q "the show is over" "$XDG_STATE_HOME/clipgrid/log/technical.jsonl" || fail "the store did not close its log"
    rm "$XDG_STATE_HOME/clipgrid/log/technical.jsonl"
done
# shellcheck disable=SC2046,SC2086  # numbers
figures "supervisor and heir killed" "$ENDS" 0 $(spread $late) ms
begin
same "an edit before the last end" "$(ctl get ref name)" "ok end$ENDS"
show_stop
