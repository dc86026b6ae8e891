#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The disk of the media hangs, is slow, fails, gives little at a time (slowfs), and its server is stopped. What sounds goes on as
# far as it is loaded and fades within 10 ms when it runs dry; triggers are answered; a voice on another disk plays every frame,
# on the same bus too: none of it is an emergency. To be told apart, those that hang are heard on the left of their bus and that
# one on the right. At last (row 11) the server is stopped under a voice that streams, of which little is in memory: it falls
# silent, is heard again in its place when the server goes on, and what is fired then plays.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need_root
need python3
mkdir media backing
noise media/ref.wav 40 1
noise media/tick.wav 0.1 2
clips="hung slow failing little stopped"
names=mate seed=20
# one_sided FILE 0|1: that one of its channels alone.
one_sided() {
    python3 - "$@" <<'END'
import sys
path, side = sys.argv[1], int(sys.argv[2])
with open(path, "r+b") as f:
    whole = bytearray(f.read())
    for byte in 0, 1:
        silent = 44 + 2 * (1 - side) + byte
        whole[silent::4] = bytes(len(whole[silent::4]))
    f.seek(0)
    f.write(whole)
END
}
noise media/mate.wav 40 9
one_sided media/mate.wav 1
for clip in $clips; do
    seed=$((seed + 1))
    noise "backing/$clip.wav" 6 $seed
    one_sided "backing/$clip.wav" 0
    names="$names slow/$clip"
done
mount_slow "$work/backing" "$work/media/slow"
# shellcheck disable=SC2086  # a list of names
session show.orp $names
rendered show.orp ref 30
rendered show.orp mate 30
for clip in $clips; do rendered show.orp "$clip" 4; done

show_start show.orp --device "file:$work/show.wav"
wait_until 30 is_loaded || fail "the media are not loaded"
engine=$(pid_of engine)
expect 0 ctl press ref
expect 0 ctl press mate
for clip in $clips; do
    expect 0 ctl press "$clip"
    sleep 1
    case $clip in
        hung) echo hang >switch ;;
        slow) echo rate 50000 >switch ;;
        failing) echo eio >switch ;;
        little) echo short 100 >switch ;;
        stopped) kill -STOP "$slowfs_pid" ;;
    esac
    answered "$clip"
    kill -CONT "$slowfs_pid"
    echo well >switch
    sleep 0.5
    expect 0 ctl stop "$clip"
    sleep 0.2
done
same "the engine" "$(json pids.engine)" "$engine"
same "emergencies" "$(json emergencies.#)" 0
show_stop
unhurt ref 1
unhurt mate 4
for clip in $clips; do dry "$clip" 3 24000; done

# --- stopped under a voice that streams ---

rm -rf cache
noise backing/streams.wav 40 77
noise backing/after.wav 1 78
session show.orp slow/streams
rendered show.orp streams 40
echo rate 800000 >switch                # what it needs is 192,000 bytes a second
show_start show.orp --device "file:$work/show.wav"
has_heads() { [ "$(json media.heads)" -ge 3 ]; }
wait_until 30 has_heads || fail "not all heads are there: $(json media.heads)"
before=$(lives)
expect 0 ctl press ref
expect 0 ctl press streams
sleep 1
kill -STOP "$slowfs_pid"
was_dry=$(json dry) heard=$(grep -c 'were not loaded in time' run.log || true)
answered "stopped under a voice that streams"
is_dry() { [ "$(json dry)" -gt "$was_dry" ]; }
wait_until 60 is_dry || fail "the voice does not stream: it never lacks anything"
sleep 0.1                               # it stays silent for longer than `dry` looks
from=$(date +%s%N)
kill -CONT "$slowfs_pid"
echo well >switch
is_heard() { [ "$(grep -c 'were not loaded in time' run.log)" -gt "$heard" ]; }
wait_until 20 is_heard || fail "it is not heard again"
took=$((($(date +%s%N) - from) / 1000000))
figures "a media server goes on, heard again" 1 0 - - $took ms
expect 0 ctl set t2 file slow/after.wav
wait_until 20 is_loaded || fail "the media are not loaded"
expect 0 ctl set t2 mode loop
expect 0 ctl press t2
wait_until 10 is_state t2 looping || fail "what is fired then does not play: $(states t2)"
sleep 1
same "the processes" "$(lives)" "$before"
show_stop
unhurt ref 1
dry streams 3 12000
at=$((have < count ? have : count))     # of what dry looked at: the last half second
parted=$("$TOOLS/wavq" apart show.wav 3 $((place + at - 24000)) streams.render.wav 3 $((at - 24000)) 24000)
same "where what is heard again parts from the render" "$parted" -1
