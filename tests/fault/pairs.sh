#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two faults at once (FAULTS 50), of: the engine killed, the disk of the show full, the store killed while it saves, a card that is
# lost again and again, the catalogue locked by another program, little memory. Each keeps what it keeps alone: what was answered
# ok is there, the file is a whole session, presses are answered, what sounds is the render's in its place, after a silence of
# 250 ms at most for an engine. PAIRS (a few; all) of them, such as engine+full, ROUNDS (1; 3) times.
# shellcheck disable=SC2034,SC2154  # mounts, work, TOOLS and locker are lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/fault/cards.sh"

need_root
need python3
PAIRS=${PAIRS:-$(count "engine+full save+locked device+memory engine+save" all)} ROUNDS=${ROUNDS:-$(count 1 3)}
faults="engine full save device locked memory"
SETTLED=480             # frames after a silence in which it fades in
mkdir disk
mount -t tmpfs -o size=48m none disk 2>/dev/null || skip "no tmpfs can be mounted"
mounts="$work/disk"
can_meminfo || skip "no mount namespace can be made"
mkdir disk/media
noise disk/media/ref.wav 3.1 1
noise disk/media/hurt.wav 2.3 2
noise disk/media/tick.wav 0.2 3
noise disk/media/late.wav 1 4
session start.orp hurt
sed -i 's/"\(ref\|hurt\)\.wav";/& mode = "loop";/' start.orp
export XDG_STATE_HOME="$work/disk/state"

# --- the faults: each begins, and ends with what has to be so then ---

begin_engine() {
    engine=$(pid_of engine)
    kill -9 "$engine"
    kills=$((kills + 1))
    wait_until 10 another "$engine" || fail "$pair: no other engine"
}
end_engine() { wait_until 20 has_standby || fail "$pair: no engine stands by again"; }

begin_full() { fill disk; }
end_full() { unfill disk; }

begin_save() {
    store=$(pid_of store)
    ctl save >saved 2>&1 &
    saver=$!
    kill -9 "$store"
    wait "$saver" || true                   # it may have been refused; what the file is, is looked at afterwards
    has_store() { pid_now store && [ "$now" != "$store" ]; }
    wait_until 20 has_store || fail "$pair: the store does not return"
}
end_save() { :; }

begin_device() { :; }                       # its script has it lost all the time
end_device() {
    is_back() { [ "$(json device.state)" = running ]; }
    wait_until 20 is_back || fail "$pair: the card is not taken again: $(json device.note)"
}

begin_locked() { lock_catalogue cache/clipgrid/catalogue.sqlite 60; }
end_locked() { kill "$locker"; }

begin_memory() {
    meminfo 500000
    is_short() { clipgrid status --json | grep -q 'short of memory'; }
    wait_until 30 is_short || fail "$pair: nobody says that memory is short"
}
end_memory() { meminfo 12000000; }

# --- a show, with two of them ---

# edited: three edits are answered, and the last of them is in force.
edited() {
    for n in 1 2 3; do
        edit=$((edit + 1))
        expect 0 ctl set t9 name "edit$edit"
    done
    same "$pair: the last edit" "$(ctl get t9 name)" "ok edit$edit"
}
# pressed: a clip starts; one that is new too, but where no disk has room for it.
pressed() {
    times=$("$TOOLS/asktimes" 20 5 'press t1') || fail "$pair: not all presses are answered: $times"
    # shellcheck disable=SC2086  # numbers
    figures "$pair, a press answered" 20 $times ms
}
clock_now() { awk '{ print $1 }' /proc/uptime; }

# sound CLIP CHANNEL: the render's in its place, with silences for engines and xruns alone.
sound() {
    rendered disk/show.orp "$1" $((last / 48000 + 1))
    place=$(place_of "$1" "$2")
    [ "$place" -ge 0 ] || fail "$pair: $1 is not in the recording"
    "$TOOLS/wavq" resumed show.wav "$2" "$place" "$last" "$1.render.wav" "$2" $SETTLED >gaps
    [ "$(wc -l <gaps)" -le $((kills + xruns)) ] || fail "$pair: $1 is silent too often: $(cat gaps)"
    ! awk '$3 > 47 || $3 < -47 || $4 > 0 || $2 > 12000' gaps | grep . || fail "$pair: $1 is another sound, elsewhere or silent too long"
    [ -s gaps ] || unhurt "$1" "$2" >/dev/null
    # shellcheck disable=SC2046  # numbers
    [ ! -s gaps ] || figures "$pair, $1 silent" "$(wc -l <gaps)" 0 $(spread $(awk '{ print $2 / 48 }' gaps)) ms
}

# one A B
one() {
    pair="$1 and $2" kills=0 edit=0
    rm -rf disk/show.orp disk/state cache show.wav
    cp start.orp disk/show.orp
    meminfo 12000000
    device="file:$work/show.wav"
    case "$pair" in
        *device*)
            device=fault
            FAULTPCM_OUT=$out/card.raw FAULTPCM_STATE=$out/card
            FAULTPCM_SCRIPT=$(awk 'BEGIN { for (i = 0; i < 200; i++) printf "%s%.3f nodev 60", (i ? ", " : ""), 2 + i * 0.7 }')
            export FAULTPCM_OUT FAULTPCM_STATE FAULTPCM_SCRIPT
            ;;
    esac
    with_meminfo "$CLIPGRID" run disk/show.orp --device "$device" --rate 48000 >run.log 2>&1 </dev/null &
    show_pid=$!
    children="$children $show_pid"
    wait_until 30 answers || fail "$pair: the show does not answer: $(cat run.log)"
    wait_until 20 is_loaded || fail "$pair: it is not loaded"
    wait_until 20 has_standby || fail "$pair: no engine stands by"
    expect 0 ctl press ref
    expect 0 ctl press hurt
    frames=$(json clock_frames) from=$(clock_now)
    sound_a_while() { [ $(($(json clock_frames) - frames)) -gt 9600 ]; }
    wait_until 10 sound_a_while || fail "$pair: time stands still"   # their beginnings are how they are found afterwards
    edited
    begin_"$1"
    edited
    begin_"$2"
    edited
    pressed
    for clip in ref hurt; do is_state $clip looping || fail "$pair: $clip is $(states $clip)"; done
    end_"$1"
    edited
    end_"$2"
    edited
    same "$pair: clips that ran dry" "$(json dry)" 0
    holds "$pair: the show's time is the clock's" \
        "($(json clock_frames) - $frames) / 48000 - ($(clock_now) - $from) < 0.5 && ($(clock_now) - $from) - ($(json clock_frames) - $frames) / 48000 < 0.5"
    is_saved() { [ "$(ctl save)" = ok ]; }
    wait_until 20 is_saved || fail "$pair: not saved when both are over: $(ctl save)"
    grep -q "name = \"edit$edit\"" disk/show.orp || fail "$pair: the file has not the last edit"
    rendered disk/show.orp ref 0.1          # fails where the file is no session
    xruns=$(json xruns)
    show_stop
    show_start disk/show.orp --device clock
    same "$pair: the last edit, the next time" "$(ctl get t9 name)" "ok edit$edit"
    show_stop
    [ "$device" != fault ] || return 0
    last=$(($(frames_of show.wav) - 9600))  # a show that quits fades at its end
    sound ref 1
    sound hurt 3
}

if [ "$PAIRS" = all ]; then
    PAIRS=
    while [ "${faults#* }" != "$faults" ]; do
        first=${faults%% *} faults=${faults#* }
        for second in $faults; do PAIRS="$PAIRS $first+$second"; done
    done
fi
pairs=0
for round in $(seq "$ROUNDS"); do
    for both in $PAIRS; do
        one "${both%+*}" "${both#*+}"
        pairs=$((pairs + 1))
    done
done
figures "pairs of faults" "$pairs" 0 - - - -
