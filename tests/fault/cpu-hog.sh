#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Programs that use up every processor while a show sounds (FAULTS 38, SPEC S4): loops of ordinary priority, then loops of the audio
# thread's own, SCHED_FIFO, which leave a millisecond after every four, where that is allowed. What sounds is never cut: every
# frame is the render's, or the machine was late by more than it may be, and then that is counted as an xrun and what comes after
# it is in its place. The load is shown, things yield in their order, and a machine that is merely busy refuses nothing.
# HARD=1: then one second in which such loops leave nothing at all, in which other tests would suffer too.
# shellcheck disable=SC2154  # work is lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
SETTLED=480             # frames after a silence in which it fades in
mkdir media
noise media/ref.wav 3.1 1
noise media/hurt.wav 2.3 2
noise media/tick.wav 0.2 3
session show.orp hurt
sed -i 's/"\(ref\|hurt\)\.wav";/& mode = "loop";/' show.orp
echo 'load_ceiling = 50;' >config/clipgrid/clipgrid.conf     # others may take a part of the machine, niced, which does not count

# hog POLICY CPU PRIORITY BUSY_MS FREE_MS: until the file `enough` is there, 30 s at most; with nothing free for a second at most.
cat >hog.py <<'END'
import os, sys, time
policy, cpu, priority, busy, free = sys.argv[1], *map(int, sys.argv[2:])
os.sched_setaffinity(0, [cpu])
if policy == "fifo":
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
end = time.monotonic() + (30 if free or policy != "fifo" else 1)
while time.monotonic() < end and not os.path.exists("enough"):
    until = min(end, time.monotonic() + busy / 1000)
    while time.monotonic() < until:
        pass
    time.sleep(free / 1000)
END
# The priority of the engine's audio thread, 0: it has none that is realtime.
audio_priority() {
    for task in "/proc/$(json pids.engine)/task"/*; do
        [ "$(cat "$task/comm" 2>/dev/null)" != audio ] || sed 's/.*) //' "$task/stat" | cut -d' ' -f38
    done
}
processors() { python3 -c 'import os; print(*os.sched_getaffinity(0))'; }
hogs() {
    rm -f enough
    started=
    for cpu in $(processors); do
        python3 hog.py "$1" "$cpu" "$2" "$3" "$4" 2>>hogs.log &
        started="$started $!"
    done
    children="$children $started"
}
hogs_end() {
    : >enough
    for pid in $started; do wait "$pid" || fail "a loop ends: $(cat hogs.log)"; done
}

# status: in status.json; what yields is a beginning of the order in which things do.
status() { clipgrid status --json >status.json; }
of_status() { "$TOOLS/jsonq" "$1" <status.json; }
in_order() {
    python3 - status.json <<'END'
import json, sys
yields = json.load(open(sys.argv[1]))["yields"]
sys.exit(yields != ["prediction", "screens", "preview", "voices"][:len(yields)])
END
}
is_critical() {
    status
    in_order || fail "it does not yield in its order: $(cat status.json)"
    [ "$(of_status load_level)" = critical ]
}
harms() { echo $(($(of_status xruns) + $(of_status dry))); }
# busy NAME POLICY PRIORITY BUSY_MS FREE_MS: the load is seen, and clips start.
busy() {
    status
    harmed=$(harms)
    begun=$(json clock_frames)
    hogs "$2" "$3" "$4" "$5"
    wait_until 25 is_critical || fail "$1: the load is not seen: $(cat status.json)"
    clipgrid status | grep -q '(load critical: ' || fail "$1: status does not tell the load"
    times=$("$TOOLS/asktimes" 20 5 'press t1') || fail "$1: not all presses are answered: $times"
    refused=0
    if ! ctl press t2 >out; then
        grep -q 'the load is critical' out || fail "$1: not the refusal: $(cat out)"
        refused=1
    fi
    status
    in_order || fail "$1: it does not yield in its order: $(cat status.json)"
    [ "$refused" = 0 ] || [ "$(harms)" -gt "$harmed" ] || fail "$1: a machine that is merely busy refuses a clip"
    for clip in ref hurt; do is_state $clip looping || fail "$1: $clip is $(states $clip)"; done
    has_lasted() { [ "$(json clock_frames)" -gt $((begun + 96000)) ]; }
    wait_until 20 has_lasted || fail "$1: the show's time stands still"
    status
    echo "$1: sound $(of_status dsp.median), worst $(of_status dsp.worst), system $(of_status system_load), late $(of_status late)," \
        "xruns $(($(harms) - harmed)), refused $refused"
    hogs_end
    # shellcheck disable=SC2086  # numbers
    figures "$1, a press answered" 20 $times ms
}

show_start show.orp --device "file:$work/show.wav"
wait_until 20 is_loaded || fail "it is not loaded"
expect 0 ctl press ref
expect 0 ctl press hurt
engine=$(pid_of engine) priority=$(audio_priority)
busy "all processors busy" other 0 100 0
if [ "${priority:-0}" -gt 0 ] && python3 hog.py fifo "$(processors | cut -d' ' -f1)" "$priority" 1 0 2>/dev/null; then
    busy "all processors busy at priority $priority" fifo "$priority" 4 1
    if [ -n "${HARD-}" ]; then
        hogs fifo "$priority" 2000 0
        hogs_end
        sleep 1
        echo "a second of nothing: late $(json late), xruns $(json xruns)"
    fi
else
    echo "SKIP: no realtime priority here: only loops of an ordinary one"
fi
status
same "the engine" "$(of_status pids.engine)" "$engine"
xruns=$(of_status xruns)
same "clips that ran dry" "$(of_status dry)" 0
show_stop

# --- the sound ---

last=$(($(frames_of show.wav) - 9600))        # a show that quits fades at its end
channel=1
for clip in ref hurt; do
    rendered show.orp $clip $((last / 48000 + 1))
    place=$(place_of $clip $channel)
    [ "$place" -ge 0 ] || fail "$clip is not in the recording"
    "$TOOLS/wavq" resumed show.wav $channel "$place" "$last" $clip.render.wav $channel $SETTLED >gaps
    gaps=$(wc -l <gaps)
    [ "$gaps" -le "$xruns" ] || fail "$clip was cut $gaps times, with $xruns xruns: $(head -n 5 gaps)"
    ! awk '$3 > 47 || $3 < -47 || $4 > 0' gaps | grep . || fail "$clip is another sound, or elsewhere, after an xrun"
    [ "$gaps" != 0 ] || unhurt $clip $channel
    # shellcheck disable=SC2046  # numbers
    [ "$gaps" = 0 ] || figures "all processors busy, $clip silent for an xrun" "$gaps" 0 $(spread $(awk '{ print $2 / 48 }' gaps)) ms
    channel=$((channel + 2))
done
figures "all processors busy, frames of what sounds" $((2 * last)) 0 - - - frames
