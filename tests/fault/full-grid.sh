#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every cell of every tab holds a clip, and memory a part of the media only: clips of all tabs sound though nothing was loaded
# when they were fired, memory and descriptors keep their bounds, a store that is killed costs no voice, and the next time no
# header is read.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

files=600 memory_mb=32 long_s=90
"$TOOLS/make_show" show 10240 $files
demo
echo "1 press rain" >script
clipgrid render demo/demo.orp --commands script --out show/media/long.wav --format s16 --seconds $long_s     # ten channels
echo "memory_mb = $memory_mb;" >memory.conf

counted() { [ "$(json media.opened) $(json media.from_catalogue)" = "$1" ]; }
expect_counts() { wait_until 20 counted "$1" || fail "opened and known: $(json media.opened) $(json media.from_catalogue), not $1"; }
# Kilobytes of clip memory that the store has seen: its samples and the books on them, 1 MB at most.
clip_kb() {
    awk '/^[0-9a-f]+-[0-9a-f]+ / { name = $6 } /^Rss:/ && name ~ /clipgrid-clips/ { sum += $2 } END { print sum + 0 }' "/proc/$(json pids.store)/smaps"
}
expect_bounds() {
    holds "kilobytes of clip memory" "0 < $(clip_kb) && $(clip_kb) <= ($memory_mb + 1) * 1024"
    holds "descriptors of the store" "$(find "/proc/$(json pids.store)/fd" -type l | wc -l) <= 64"
}

show_start show/show.orp --config memory.conf
engine=$(pid_of engine)
"$CLIPGRID" ctl idle >events 2>/dev/null </dev/null &
children="$children $!"
is_told() { ctl release c10240 >/dev/null || grep -q refused events; }
wait_until 20 is_told || fail "nobody tells of events"

# Three clips of each tab at once, which nobody could expect; none of them loops.
for tab in 1 2 3 4 5 6 7 8; do
    for place in 20/1 25/10 31/29; do
        echo "play $tab/$place"
    done
done >fired
input=fired
expect 0 ctl
input=/dev/null
same "the clips that were fired" "$(grep -c '^ok' out)" 24
all_ended() { [ "$(grep -c '^end ' events)" = 24 ]; }
wait_until 60 all_ended || fail "$(grep -c '^end ' events) of 24 clips have ended: $(clipgrid status)"
same "the clips that began" "$(grep -c '^play ' events)" 24
wait_until 60 is_loaded || fail "the media are not loaded: $(json loading) left"
expect_counts "$files 0"
expect_bounds
heard_again() { grep -c 'were not loaded in time' run.log || true; }
lost=$(($(json dry) - $(heard_again)))          # clips that ended before they were heard again
figures "clips fired unloaded, silent to their end" 24 "$lost" - - - clips

# What sounds is more than memory holds. Then its store is killed, and it is to go on elsewhere.
expect 0 ctl set c1 file long.wav
expect 0 ctl set c1 mode loop
wait_until 60 is_loaded || fail "the long file is not loaded"
expect 0 ctl play c1
for clip in c97 c194 c291 c388 c485 c582; do
    expect 0 ctl set $clip mode loop
    expect 0 ctl play $clip
done
# A second of the show (forty are tried below) in which no voice lacks anything: each that fell silent is heard again, and
# none falls silent.
sounds_on() {
    dry=$(json dry) until=$(($(json clock_frames) + 48000))
    while [ "$(json clock_frames)" -lt $until ]; do sleep 0.1; done
    [ "$(json dry)" = "$dry" ] && [ $(($(heard_again) + lost)) = "$dry" ]
}
wait_until 2 sounds_on || fail "voices lack samples: dry $(json dry), ended so $lost, heard again $(heard_again)"
old=$(json pids.store)
kill -9 "$old"
is_replaced() { [ "$(json pids.store)" != "$old" ] && [ "$(json pids.store)" != 0 ]; }
wait_until 20 is_replaced || fail "the store is not replaced"
expect 0 ctl seek c1 $((long_s - 15))
wait_until 2 sounds_on || fail "voices lack samples since the store was killed"
for clip in c1 c97 c194 c291 c388 c485 c582; do
    same "clip $clip" "$(states $clip)" looping
done
same "the engine" "$(json pids.engine)" "$engine"
figures "store killed under more than memory holds" 7 0 - - - voices
expect_bounds
show_stop

show_start show/show.orp --config memory.conf
wait_until 60 is_loaded || fail "the media are not loaded again"
expect_counts "0 $((files + 1))"             # what was changed is kept: the long one too
expect_bounds
show_stop
