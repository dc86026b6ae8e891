#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the flight recorder wrote is played again sample for sample (SPEC L1, L5): of a show that quit, and of one whose store died
# in the middle; of one whose processes were all killed it is there, and the technical log has lines of JSON for all that happened.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/regress/recorded.sh"

expect 0 clipgrid replay
grep -q '^no recordings in ' out || fail "nothing is said of there being no recordings"
quits() {
    play "press 1/1/1" "press 1/1/2" "set 1/1/1 gain -3" "fade 1/1/1 -12 0.2" "set group:A gain -2" "press 2/1/1" undo \
        "press 1/1/2" "gain 1/1/1 -6" "stop all" "press 1/2/1"
    late=$(json xruns)
    show_stop
}
judged "a show that quit" quits
expect 0 clipgrid replay
grep -q "demo.orp" out || fail "the list of recordings does not name the show"
same "recordings" "$(grep -c '[.]flight$' out)" 1

loses_its_store() {
    play "press 1/1/1" "press 1/1/2"
    kill -9 "$(pid_of store)"
    play "stop 1/1/1" "press 1/2/1" "set 1/1/2 gain -9"
    late=$(json xruns)
    show_stop
}
judged "a show whose store died" loses_its_store

# Three engines are killed: the last recording goes on from those before, and what sounded goes on in it. The live show has a silence
# for each, and after it the very samples, up to 1 ms early or late, once it has faded in.
loses_engines() {
    play "press 1/1/1" "press 1/1/2" "set 1/1/1 gain -3"
    for command in "fade 1/1/1 -12 0.5" "press 1/2/1" "set 1/1/2 gain -9"; do
        wait_until 20 has_standby || fail "no engine stands by"
        engine=$(pid_of engine)
        ctl "$command" >/dev/null
        kill -9 "$engine"
        has_another() { pid_now engine && [ "$now" != "$engine" ]; }
        wait_until 10 has_another || fail "no other engine"
        play "mute 1/1/1 on" "mute 1/1/1 off"
    done
    late=$(json xruns)
    show_stop
}
has_standby() { pid_now standby; }
pid_now() { now=$(json "pids.$1" 2>/dev/null) && [ "${now:-0}" -gt 0 ] 2>/dev/null; }

# Where it goes on: gaps of the live show, each with how early and how different what follows it is.
goes_on() {
    live=$("$TOOLS/wavq" first live.wav 0 0 -1) again=$("$TOOLS/wavq" first again.wav 0 0 -1)
    [ "$live" -ge 0 ] && [ "$again" -ge 0 ] || return 1
    last=$(($("$TOOLS/wavq" info live.wav | cut -d ' ' -f 1) - 9600))
    # Without what is before its first sound: the head, 128 bytes with the data's own 8, and frames of ten floats.
    { head -c 128 again.wav; tail -c +$((129 + again * 40)) again.wav; } >from.wav
    "$TOOLS/wavq" resumed live.wav 0 "$live" "$last" from.wav 0 480 >gaps
    [ "$(wc -l <gaps)" -ge 3 ] && [ "$(wc -l <gaps)" -le $((3 + late)) ] && ! awk '$3 > 48 || $3 < -48 || $4 > 0' gaps | grep .
}
# Each recording that is listed is as long as it took, not as long as the show.
lists_lengths() {
    expect 0 clipgrid replay
    same "recordings" "$(grep -c '[.]flight$' out)" 4
    awk '/ s +[0-9]+ lines/ { sum += $3 } END { exit !(sum > 1 && sum < '"$1"') }' out || fail "the lengths of the recordings: $(cat out)"
}
judge_engines() {
    for try in 1 2 3; do
        begin
        loses_engines
        replayed
        lists_lengths "$(($("$TOOLS/wavq" info live.wav | cut -d ' ' -f 1) / 48000 + 1))"
        if goes_on; then echo "as it was heard, in try $try, but for the silences: $(tr "\n" ";" <gaps)"; return; fi
        echo "try $try, with $late periods that came late: $(cat gaps)"
    done
    fail "not what was heard: a show whose engines died"
}
judge_engines

# The device changes, is the clock for a while, and is a file again: the show keeps its time, and what is heard then is where the
# replay has it, from 0.2 s behind the change on.
changes_device() {
    play "press 1/1/1" "press 1/1/2" "device clock" "set 1/1/1 gain -3" "fade 1/1/1 -12 0.1" "device file:$work/second.wav"
    sleep 1
    show_stop
}
is_in_replay() {
    { head -c 128 second.wav; tail -c +$((129 + 9600 * 40)) second.wav; } >late.wav
    place=$("$TOOLS/wavq" find again.wav 0 late.wav 0 2000)
    count=$(($("$TOOLS/wavq" info second.wav | cut -d ' ' -f 1) - 9600 - 9600))
    other=$(($("$TOOLS/wavq" info again.wav | cut -d ' ' -f 1) - place))
    [ "$other" -ge "$count" ] || count=$other
    [ "$place" -ge 0 ] && [ "$count" -gt 24000 ] && [ "$("$TOOLS/wavq" diff late.wav 0 0 again.wav 0 "$place" "$count")" = 0 ]
}
for try in 1 2 3; do
    rm -f second.wav
    begin
    changes_device
    replayed
    ! is_in_replay || break
    [ "$try" != 3 ] || fail "not what was heard: a show whose device changed"
done

# The recording goes as far as the last tenth of a second.
is_killed() {
    play "press 1/1/1" "press 1/1/2" "stop 1/1/1" "press 1/2/1"
    sleep 0.3
    late=$(json xruns)
    kill -9 "$(pid_of supervisor)" "$(pid_of engine)" "$(pid_of store)"
    wait_until 5 is_gone "$show_pid"
}
begin
is_killed
replayed
for line in "press 1/1/1" "press 1/1/2" "stop 1/1/1" "press 1/2/1"; do
    grep -q "\"kind\":\"line\",\"text\":\"$line\"" "$state/log/technical.jsonl" || fail "the log does not have $line"
done
while read -r line; do
    echo "$line" | "$TOOLS/jsonq" kind >/dev/null || fail "no JSON: $line"
done <"$state/log/technical.jsonl"

# Bad input: one line, and no file.
rm -f again.wav
expect 1 clipgrid replay demo/demo.orp --out again.wav
expect_err "not a recording"
head -c 100 "$recording" >cut.flight
expect 1 clipgrid replay cut.flight --out again.wav
expect_err "cannot be played again"
[ ! -e again.wav ] || fail "a file of nothing"
