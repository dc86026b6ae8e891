#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that gives so many times the bytes that 23 voices need, one read after the other (slowfs), as PACES says ("4 0.5"; a
# sweep: PACES="4 2 1.5 1.2 1 0.8 0.5"). They start within a second, with their heads alone in memory. With twice as many bytes
# no voice runs dry; below, those that do fade and come back; and a voice in memory plays every frame.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

PACES=${PACES:-4 0.5}
VOICES=23 SECONDS_EACH=6
need_root
need python3
mkdir media backing
noise media/ref.wav 0.2 1            # all of it is its head
noise media/tick.wav 0.1 2
noise backing/v1.wav $SECONDS_EACH 5
for n in $(seq 2 $VOICES); do cp backing/v1.wav "backing/v$n.wav"; done
mount_slow "$work/backing" "$work/media/slow" -s
{
    echo 'format = "ORP2026A"; groups = ( { mode = "free"; voices = 24; }, { mode = "free"; voices = 24; } );'
    echo 'tabs = ( { rows = 4; columns = 16; clips = ( { id = "ref"; row = 4; column = 1; group = "A"; mode = "loop"; file = "ref.wav"; }'
    for n in $(seq $VOICES); do
        echo ", { id = \"v$n\"; row = $(((n - 1) / 16 + 1)); column = $(((n - 1) % 16 + 1)); group = \"B\"; file = \"slow/v$n.wav\"; }"
    done
    echo '); } );'
} >show.orp
rendered show.orp ref 8
holds_now() { awk "BEGIN { exit !($1) }"; }
has_heads() { [ "$(json media.heads)" = $((VOICES + 1)) ]; }
# played PACE: the show at that pace, and what its reference was; $dry: times that a voice ran dry.
played() {
    rm -rf cache
    echo "rate $(awk "BEGIN { print int($1 * $VOICES * 192000) }")" >switch
    show_start show.orp --device "file:$work/show.wav"
    wait_until 30 has_heads || fail "not all heads are there: $(json media.heads)"
    expect 0 ctl press ref
    for n in $(seq $VOICES); do echo "press v$n"; sleep 0.03; done | "$CLIPGRID" ctl >out || fail "not all are started: $(cat out)"
    sleep $SECONDS_EACH
    dry=$(json dry)
    figures "a disk at $1 times what voices read" $VOICES "$dry" - - - "times dry"
    echo well >switch
    show_stop
    unhurt ref 1
}
for pace in $PACES; do
    tries=3                 # on a machine that others use the processor may be what is slow
    while played "$pace"; holds_now "$pace >= 2 && $dry > 0 && $tries > 1"; do tries=$((tries - 1)); done
    holds "voices run dry below once, and none at twice: $dry at $pace times" "$pace >= 2 ? $dry == 0 : $pace <= 0.5 ? $dry > 0 : 1"
done
