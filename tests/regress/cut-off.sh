#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A show that was cut off while it sounded, all of its processes at once as in a power cut, and is begun again: it says so, and does
# what after_cut says: nothing, go on, or begin again. One that was ended has nothing to say.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

clipgrid demo demo >/dev/null
sounding() { clipgrid status | awk 'NR > 1 { print $2 }' | sort | tr '\n' ' '; }
sounds() { [ "$(sounding)" = "$1" ]; }

begin() {
    echo "load_ceiling = 0; after_cut = \"$1\";" >"$XDG_CONFIG_HOME/clipgrid/clipgrid.conf"
    show_start demo/demo.orp
}

# rain, an endless loop, and night are cut off; wind had been stopped, and phone was only auditioned. In between the engine dies: what
# began before that, and what ends behind it, is known all the same.
cut_off() {
    for command in "press rain" "press wind" "press night" "audition phone"; do ctl "$command" >/dev/null; done
    sleep 0.2
    engine=$(pid_of engine)
    kill -9 "$engine"
    has_another() { now=$(json pids.engine 2>/dev/null) && [ "${now:-0}" -gt 0 ] 2>/dev/null && [ "$now" != "$engine" ]; }
    wait_until 20 has_another || fail "no other engine"
    for command in "stop wind" "fade wind -inf 0.1"; do ctl "$command" >/dev/null || true; done
    wait_until 10 is_state wind "" || fail "wind does not end"
    sleep 0.3
    kill -9 "$(pid_of supervisor)" "$(pid_of engine)" "$(pid_of store)"
    wait_until 5 is_gone "$show_pid"
}

for policy in silent resume top; do
    begin "$policy"
    cut_off
    begin "$policy"
    was_cut() { clipgrid status --json | grep -q "cut off while 2 clips"; }
    wait_until 10 was_cut || fail "$policy: no word of it: $(clipgrid status --json)"
    if [ "$policy" = silent ]; then
        sleep 0.5
        same "what sounds" "$(sounding)" ""
    else
        wait_until 10 sounds "night rain " || fail "$policy: $(sounding) sound"
    fi
    show_stop
done

# One that was killed while nothing sounded says that, and when; one that was ended, by a command or by SIGTERM, says nothing.
says_killed() { clipgrid status --json | grep -q "not ended the last time, but killed or cut off while nothing sounded, at 20"; }
begin silent
kill -9 "$(pid_of supervisor)" "$(pid_of engine)" "$(pid_of store)"
wait_until 5 is_gone "$show_pid"
begin silent
wait_until 10 says_killed || fail "nothing is said of the kill: $(clipgrid status --json)"
kill -TERM "$(pid_of supervisor)"
wait "$show_pid" || fail "the show ended with status $?"
begin silent
wait_until 20 is_loaded || fail "loading never ends"
if says_killed; then fail "a show that was ended is taken for one that was killed"; fi
show_stop

# It goes on where it was, within the second in which the last record was made. rain is 4 s long.
begin resume
same "what sounds of a show that was ended" "$(sounding)" ""
pids="$(pid_of supervisor) $(pid_of engine) $(pid_of store)"
places() { sed -n 's/.*"text":"play rain at \([0-9]*\)f".*/\1/p' "$XDG_STATE_HOME/clipgrid/log/technical.jsonl"; }
before=$(places | wc -l)
fired=$(date +%s.%N)
ctl press rain >/dev/null
sleep 3
kill -9 $pids
lasted=$(awk "BEGIN { print $(date +%s.%N) - $fired }")
wait_until 5 is_gone "$show_pid"
begin resume
wait_until 10 sounds "rain " || fail "rain does not go on"
has_place() { [ "$(places | wc -l)" -gt "$before" ]; }
wait_until 5 has_place || fail "the log does not tell where"
behind=$(awk "BEGIN { print ($lasted * 48000 - $(places | tail -n 1) + 192000) % 192000 }")
holds "frames that rain, which sounded for $lasted s, goes on behind that" "$behind < 72000"
show_stop

# What each clip was doing is known: its place, behind a seek too, the level that a fade gave it, and what was not sounding, or was about
# to end, is not there again.
# of_voice ID KEY: of the first voice of a clip.
of_voice() { clipgrid status --json | tr '{' '\n' | sed -n "s/.*\"id\":\"$1\".*\"$2\":\([-0-9.]*\).*/\1/p" | head -n 1; }
kill_all() {
    # shellcheck disable=SC2046  # numbers
    kill -9 $(pid_of supervisor) $(pid_of engine) $(pid_of store)
    wait_until 5 is_gone "$show_pid"
}
begin resume
wait_until 20 is_loaded || fail "loading never ends"
expect 0 ctl set rain fade_out 20
expect 0 ctl set night mode loop
for command in "play rain" "play wind at 1" "play night" "play choir" "play fire at 0.5"; do expect 0 ctl "$command"; done
sleep 0.1
for command in "stop rain" "pause wind" "fade night -20 0" "fade choir -inf 30" "seek fire 2"; do expect 0 ctl "$command"; done
sleep 0.4
clipgrid status >before
kill_all
begin resume
wait_until 10 sounds "fire night " || fail "$(sounding) sound behind $(cat before)"
same "the level of a fade" "$(awk "BEGIN { printf \"%.1f\", $(of_voice night gain_db) - $(ctl get night gain | cut -d' ' -f2) }")" -20.0
frame=$(of_voice fire position_frames)
holds "the place behind a seek, in frames" "$frame >= 96000 && $frame < 96000 + 2.5 * 48000"
clipgrid status --json | grep -q '1 that was paused, or held by an emergency, stays silent' || fail "nothing is said of what was paused"
expect 0 ctl emergency
sleep 0.4
kill_all
begin resume
was_held() { clipgrid status --json | grep -q '2 that were paused, or held by an emergency, stay silent'; }
wait_until 10 was_held || fail "nothing is said of what an emergency held: $(clipgrid status --json)"
sleep 0.5
same "what sounds behind an emergency" "$(sounding)" ""
expect 0 ctl play night
sleep 0.2
expect 0 ctl panic
sleep 0.2
kill_all
begin resume
sleep 1
same "what sounds behind a panic" "$(sounding)" ""

# The power comes and goes: what is cut off again before its media are there, or before it could do anything, is not forgotten.
expect 0 ctl play night
expect 0 ctl fade night -20 0
sleep 0.3
for after in 0.1 0 0.05 0.02 0.2 0; do
    kill_all
    begin resume
    sleep "$after"
done
wait_until 10 sounds "night " || fail "$(sounding) sound behind seven cuts"
same "the level of a fade" "$(awk "BEGIN { printf \"%.1f\", $(of_voice night gain_db) - $(ctl get night gain | cut -d' ' -f2) }")" -20.0
show_stop

# So is what waits to follow: it begins.
begin resume
wait_until 20 is_loaded || fail "loading never ends"
for what in "mode once" "follow wind" "follow_gap 30" "out 9600"; do
    # shellcheck disable=SC2086  # words
    expect 0 ctl set fire $what
done
expect 0 ctl play fire
is_queued() { [ "$(states wind)" = queued ]; }
wait_until 10 is_queued || fail "wind does not wait: $(clipgrid status)"
sleep 0.3
kill_all
begin resume
wait_until 10 sounds "wind " || fail "$(sounding) sound instead of what waited to follow"
clipgrid status --json | grep -q 'cut off while 1 clip was queued' || fail "nothing is said of what was queued"
show_stop
