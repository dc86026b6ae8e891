#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The engine, dead of its own fault: each signal raised on the audio thread while it makes a clip's samples, or in main. The
# engine says what it was and ends, another one goes on. A clip that it died of twice is in quarantine: silent, broken and
# refused, and what else sounded sounds on; kills from outside (KILLS, 12) charge nobody, nor does a fault of main. The sixth
# fault within a minute is one too many: the show is silent, and its positions run on. Needs a build with --enable-debug.
# shellcheck disable=SC2154  # work and show_pid are lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

! grep -qa '__[at]san_init' "$CLIPGRID" || skip "a sanitizer has handlers of its own"
KILLS=${KILLS:-$(count 12 100)}
seconds=$((KILLS + 60))
work_in_memory
mkdir disk disk/media
noise disk/media/ref.wav "$seconds" 1
noise disk/media/hurt.wav "$seconds" 2
noise disk/media/tick.wav 0.2 3
session disk/show.orp hurt
REF=0 HURT=1            # their numbers: they come first in the session
export CLIPGRID_CRASH="$work/crash"

# fault WHAT: what platform/crash.h takes; until another engine has its place and one more stands by.
fault() {
    before=$(json pids.engine)
    echo "$1" >crash.new
    mv crash.new crash
    wait_until 3 test ! -e crash || skip "faults can be raised in builds with --enable-debug only"
    wait_until 10 another "$before" || fail "$1: no other engine"
    wait_until 10 has_standby || fail "$1: none stands by"
}
begin() {
    rm -f show.wav run.log
    show_start disk/show.orp --device "file:$work/show.wav"
    wait_until 20 is_loaded || fail "it is not loaded"
    wait_until 10 has_standby || fail "no engine stands by"
    expect 0 ctl press ref
    expect 0 ctl press hurt
    wait_until 10 is_state hurt playing || fail "it does not play"
}
# judge_gaps WHAT N: the silences of 5 ms and more in what the show recorded, in ms, as figures and judged.
judge_gaps() {
    begins=$("$TOOLS/wavq" first show.wav 1 0 -1)
    ends=$(($(frames_of show.wav) - 9600))
    gaps=$("$TOOLS/wavq" gaps show.wav 1 "$begins" "$ends" 240 | awk '{ print $2 / 48 }')
    count=$(echo "$gaps" | wc -l)
    [ "$count" -le "$2" ] || fail "$count silences, and $2 engines died"
    # shellcheck disable=SC2046,SC2086  # numbers
    figures "$1" "$2" 0 $(spread $gaps) ms
    for gap in $gaps; do holds "$1: a silence in ms" "$gap <= 250"; done
}

begin
fault "audio 11 $HURT"
wait_until 5 grep -q 'ended: signal 11 on thread audio' run.log || fail "what it died of is not said"
wait_until 5 is_state hurt playing || fail "charged once, it does not go on"
crash=state/clipgrid/log/crash.txt
wait_until 5 grep -q 'signal 11 on thread audio.*' $crash || fail "what it wrote as it died is not kept"
for part in 'while it made sound' '^rip\|^x0' 'clipgrid+0x' 'r-xp.*clipgrid'; do
    grep -q "$part" $crash || fail "not in what it wrote: $part"
done
fault "main 6"
fault "main 8"
wait_until 5 grep -q 'ended: signal 8 on thread clipgrid' run.log || fail "what main died of is not said"
for kill in $(seq "$KILLS"); do
    before=$(json pids.engine)
    sleep "0.$((kill * 37 % 30 + 10))"
    kill -9 "$before"
    wait_until 10 another "$before" || fail "no engine after kill $kill"
    wait_until 10 has_standby || fail "none stands by after kill $kill"
done
! grep -q quarantine run.log || fail "somebody is in quarantine for nothing"
wait_until 5 is_state hurt playing || fail "kills from outside ended it"
fault "audio 7 $HURT"
wait_until 5 grep -q 'in quarantine' run.log || fail "charged twice, it is not put away"
expect 1 ctl press hurt
grep -q 'in quarantine: the engine died twice' out err || fail "it is refused without a reason: $(cat out err)"
wait_until 5 is_state hurt '' || fail "the clip in quarantine sounds on: $(states hurt)"
is_state ref playing || fail "what was not to blame is gone"
expect 0 ctl set hurt file tick.wav
wait_until 10 is_loaded || fail "the other file is not loaded"
expect 0 ctl press hurt
before=$(json pids.engine)
kill -9 "$before"
wait_until 10 another "$before" || fail "no engine after the kill of a pardoned clip's"
wait_until 10 has_standby || fail "none stands by after the kill of a pardoned clip's"
expect 0 ctl set hurt file hurt.wav
wait_until 10 is_loaded || fail "the first file is not loaded again"
expect 0 ctl press hurt
fault "audio 4 $REF"
is_state ref playing || fail "charged once, the other one is gone"
expect 0 ctl press t1
json device.name | grep -q '^file:' || fail "silent too early"
judge_gaps "engine crashed" $((KILLS + 6))
fault "audio 31 $REF"
wait_until 5 grep -q 'too often: silent' run.log || fail "it is not silent after six faults"
same "the device after six faults" "$(json device.name)" clock
first=$(json clock_frames)
moved() { [ "$(json clock_frames)" -gt "$first" ]; }
wait_until 5 moved || fail "positions stand still"
same "the other clip, charged twice by now" "$(states ref)" ""
expect 0 ctl press t2
expect 0 ctl device "file:$work/again.wav"          # the way back that is told
is_heard() { [ "$(json device.state) $(json device.name)" = "running file:$work/again.wav" ]; }
wait_until 5 is_heard || fail "the command device does not bring the sound back: $(json device)"
expect 0 ctl press t3
sleep 0.3
show_stop
[ "$("$TOOLS/wavq" first again.wav 0 0 -1)" -ge 0 ] || fail "nothing is heard on the device that was chosen"
