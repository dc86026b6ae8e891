#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Workers of a running show: each bad file costs one and nobody's time, a killed one is back at once, however often, and the
# kernel knows whom to take first when memory is out.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
mkdir media
tone=$(find demo/media -name '*.wav' | head -n 1)
sep=
{
    echo 'format = "ORP2026A"; name = "Bad files"; tabs = ( { rows = 10; columns = 10; clips = ('
    for i in $(seq 100); do
        if [ $((i % 2)) = 0 ]; then
            echo "words, and no sound, number $i" >"media/$i.wav"
        else
            cp "$tone" "media/$i.wav"
        fi
        echo "$sep { id = \"c$i\"; row = $(((i - 1) / 10 + 1)); column = $(((i - 1) % 10 + 1)); file = \"$i.wav\"; }"
        sep=,
    done
    echo '); } );'
} >bad.orp

show_start bad.orp
wait_until 20 is_loaded || fail "the media are not loaded: $(json loading) left"
for i in 2 50 100; do
    expect 1 ctl press "c$i"
    grep -q 'not a media file' out || fail "c$i: $(cat out)"
done
for i in 1 49 99; do
    expect 0 ctl press "c$i"
done
active=$(nproc)
[ "$active" -le 8 ] || active=8
has_workers() { [ "$(json pids.workers.#)" = "$active" ]; }
wait_until 20 has_workers || fail "$(json pids.workers.#) workers, not $active"

# Killed again and again, each time with a file wanted of it: more often than the five deaths in a minute that make the supervisor wait.
cp "$tone" media/2.wav
victim='no worker'
is_replaced() { has_workers && ! clipgrid status --json | grep -Eq "[^0-9]$victim[^0-9]"; }
for _ in 1 2 3 4 5 6 7 8 9 10; do
    wait_until 20 is_replaced || fail "a killed worker is not replaced"
    victim=$(json pids.workers.0)
    kill -9 "$victim"
    expect 0 ctl set c2 file 2.wav
done
wait_until 20 is_loaded || fail "nothing is loaded any more"

score() { cat "/proc/$1/oom_score_adj"; }

# A worker gives itself its score when it begins: a moment after its pid is known.
has_score() { [ "$(score "$(json pids.workers.0)")" = 500 ]; }
wait_until 20 has_score || fail "the workers' score: $(score "$(json pids.workers.0)"), not 500"
if sh -c 'echo -500 >/proc/self/oom_score_adj' 2>/dev/null; then     # the right to is CAP_SYS_RESOURCE
    same "the engine's score" "$(score "$(json pids.engine)")" -500
fi
show_stop
