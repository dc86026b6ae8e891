#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The engine, killed KILLS (300) times at random moments while 24 voices sound: loops with seams, files of both families and of
# one and two channels, fades under way, clips that follow and clips that choke one another; somebody edits all the while.
# All of it comes of one press, so what was recorded is held against a render of that press: after each silence every bus
# is the render's again, sample by sample (so each voice's place, level, pass and fade is as it would have been), early or late by
# less than a millisecond. Then the edits: none that was answered is lost, and undoing finds none done twice.
# Somebody reads /proc all the while, too.
# KILLS=10000 for an hour; FREEZE=1: the disk of the show hangs for 2 s again and again meanwhile (root).
# shellcheck disable=SC2154  # work, show_pid are lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

KILLS=${KILLS:-$(count 300 3000)} FREEZE=${FREEZE:-0}
SETTLED=480             # frames after a silence in which it fades in: 3 + 5 ms and two
work_in_memory
if [ "$FREEZE" = 1 ]; then
    need_root
    mount_disk "$work/disk" 64
else
    mkdir disk
fi
mkdir disk/media

# Noise of every kind, and the session: r starts a and b and six more, those the rest.
python3 - "$KILLS" <<'END'
import random, struct
random.seed(5)
def wav(name, seconds, rate, channels):
    frames = int(seconds * rate)
    body = bytearray(random.randbytes(frames * channels * 2))
    body[1::2] = bytes((b + 128) % 256 // 8 - 16 & 255 for b in body[1::2])     # -18 dB
    with open(f"disk/media/{name}.wav", "wb") as f:
        f.write(b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, channels, rate,
                rate * channels * 2, channels * 2, 16) + b"data" + struct.pack("<I", len(body)) + bytes(body))
def start(targets, delay=0.0):
    links = [f'{{ do = "start"; target = "{target}"; at = "start"; delay = {delay}; }}' for target in targets]
    return "links = ( " + ", ".join(links) + " );"
clips = []
def clip(name, seconds, rate, channels, group, more=""):
    wav(name, seconds, rate, channels)
    clips.append(f'{{ id = "{name}"; row = 1; column = {len(clips) + 1}; group = "{group}"; file = "{name}.wav"; {more} }}')
loop = 'mode = "loop"; gain = -12.0; '
few = [f"g{i}" for i in range(15)]
clip("r", 1.3, 48000, 2, "A", loop + "seam = 5.0; " + start(["a", "b", "c", "d", "e", "f1", "k1", "x"]))
clip("a", 0.7, 48000, 1, "A", loop + start(few[:8]))
clip("b", 0.9, 44100, 2, "B", loop + start(few[8:15]))
clip("c", 1.1, 44100, 1, "B", loop + "fade_in = 60.0; ")
clip("d", 0.37, 48000, 2, "C", loop + 'fade_in = 45.0; fade_in_curve = "s-curve"; pan = 0.3; ')
clip("e", 2.3, 48000, 2, "C", loop + "in = 4000; out = 90000; seam = 10.0; ")
clip("f1", 0.43, 48000, 2, "C", 'gain = -12.0; follow = "f2"; ')
clip("f2", 0.59, 44100, 1, "C", 'gain = -12.0; follow = "f1"; follow_gap = 0.05; ')
clip("k1", 9.0, 48000, 2, "D", "fade_out = 0.3; " + start(["k2"], 0.5))
clip("k2", 9.0, 44100, 2, "D", "fade_out = 0.2; " + start(["k1"], 0.7))
clip("x", 0.21, 44100, 2, "A", loop)
for i, name in enumerate(few):
    more = "seam = 2.0; " if i % 4 == 1 else ""
    clip(name, 0.31 + 0.083 * i, 44100 if i % 3 == 0 else 48000, 1 + i % 2, "ABC"[i % 3], loop + more)
with open("disk/show.orp", "w") as f:
    f.write('format = "ORP2026A";\ngroups = ( { mode = "free"; }, { mode = "free"; }, { mode = "free"; }, '
            '{ mode = "choke"; voices = 2; } );\ntabs = ( { rows = 4; columns = 32; clips = (\n')
    f.write(",\n".join(clips) + "\n); } );\n")
END

# --- who edits ---

# Whoever gets no answer asks what became of it: it is done, or it is not and is sent again.
cat >storm <<'END'
n=0
while [ ! -e stop ] && [ "$n" -lt 900 ]; do
    n=$((n + 1))
    until "$CLIPGRID" ctl set g14 name "n$n" >/dev/null 2>&1; do
        until name=$("$CLIPGRID" ctl get g14 name 2>/dev/null); do :; done
        [ "$name" != "ok n$n" ] || break
    done
    echo "$n" >answered
done
END
export CLIPGRID

# --- the kills ---

show_start disk/show.orp --device "file:$work/show.wav"
wait_until 20 is_loaded || fail "it is not loaded"
wait_until 10 has_standby || fail "no engine stands by"
latency=$(json device.latency_frames)
began=$(date +%s)
expect 0 ctl press r
sleep 1
sh storm &
storm=$!
children="$children $storm"
# As top does, or a monitor: the kernel waits for who reads there before a dead process is gone.
(while [ ! -e stop ]; do cat /proc/[0-9]*/stat /proc/[0-9]*/task/*/stat >read 2>/dev/null || true; done) &
children="$children $!"
if [ "$FREEZE" = 1 ]; then
    (while [ ! -e stop ]; do fsfreeze -f disk; sleep 2; fsfreeze -u disk; sleep 1; done) 2>/dev/null &
    children="$children $!"
    thaw=disk
fi
kill_engines "$KILLS" 7 30 120
sleep 1
touch stop
wait "$storm" || fail "the edits ended"
! grep quarantine run.log || fail "kills from outside charge a clip"
voices=$(clipgrid status | awk 'NR > 1 && $3 ~ /playing|looping|fading/' | wc -l)
lasted=$(($(date +%s) - began + 2))

# --- the edits ---

edits=$(cat answered)
same "what was answered last" "$(ctl get g14 name)" "ok n$edits"
yes undo | head -n $((edits - 1)) >undos
input=undos
expect 0 ctl
input=/dev/null
same "the first edit, when all others are undone" "$(ctl get g14 name)" "ok n1"
echo "edits answered: $edits, none lost, none done twice"
show_stop

# --- the sound ---

# The phase of what is converted from 44.1 to 48 kHz comes again every 160 frames: the render's press is in the same phase. If the
# machine stood still before the press, the recording does not tell it; a press is done at a period's beginning.
first=$("$TOOLS/wavq" first show.wav 1 0 -1)
last=$(($(frames_of show.wav) - 9600))        # a show that quits fades at its end
for at in $(((first - latency) % 160)) 0 32 64 96 128; do
    echo "${at}f press r" >script
    clipgrid render disk/show.orp --commands script --seconds "$lasted" --out render.wav >/dev/null || fail "no render"
    "$TOOLS/wavq" resumed show.wav 1 $((first - at)) "$last" render.wav 1 $SETTLED >gaps.1
    [ "$(awk 'NR == 1 { print ($3 < 0 ? -$3 : $3) }' gaps.1)" -gt "$SETTLED" ] || break
done
for channel in 1 3 5 7; do
    "$TOOLS/wavq" resumed show.wav $channel $((first - at)) "$last" render.wav $channel $SETTLED >"gaps.$channel"
    wrong=$(awk '$4 > 0' "gaps.$channel" | wc -l)
    [ "$wrong" = 0 ] || fail "channel $channel is another sound after $wrong: $(awk '$4 > 0' "gaps.$channel" | head -n 5)"
done
# A machine with other work has an xrun now and then besides, which costs a few frames; the longest are the kills.
gaps=$(awk '{ print $2 / 48 }' gaps.1 | sort -rn | head -n "$KILLS")
errors=$(awk '$4 == 0 { print ($3 < 0 ? -$3 : $3) / 48 }' gaps.1 gaps.3 gaps.5 gaps.7)
# shellcheck disable=SC2046,SC2086  # numbers
figures "engine killed, silence" "$KILLS" 0 $(spread $gaps) ms
# shellcheck disable=SC2046,SC2086  # numbers
figures "engine killed, place" "$(echo "$errors" | wc -l)" 0 $(spread $errors) ms
echo "$voices voices at the end"
# shellcheck disable=SC2046,SC2086  # numbers
set -- $(spread $gaps) $(spread $errors)
holds "sounding again, p99 in ms" "$2 < 100"
holds "sounding again, at most, in ms" "$3 <= 250"
holds "the places, at most, in ms" "$6 < 1"
