#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The phases of the emergency protocol (FAULTS 2, SPEC S3) of the whole program, as the recorded sound shows them, EMERGENCIES (5; 100)
# times by hand in each of two shows: one of the device's own rate, and one with a converter, which makes all of it late.
# The first frame with its gain moving, the steepness of the fade, the frame from which all is silent, and the place, to the
# frame, from which each clip goes on, are held against renders without an emergency and against what status --json says.
# KILLED (2; 20) times more in each show the engine is killed as soon as the emergency is answered: what was preserved is all that
# the next one has.
# shellcheck disable=SC2154  # work is lib.sh's
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
EMERGENCIES=${EMERGENCIES:-$(count 5 100)} KILLED=${KILLED:-$(count 2 20)}
mkdir media
noise media/ref.wav 3.1 1
noise media/hurt.wav 2.3 2
noise media/tick.wav 0.2 3
noise media/other.wav 1.7 4
# 44.1 kHz by its head alone.
python3 - media/other.wav <<'END'
import struct, sys
with open(sys.argv[1], "r+b") as f:
    f.seek(24)
    f.write(struct.pack("<II", 44100, 176400))
END
session own.orp hurt
session converted.orp hurt other
sed -i 's/"\(ref\|hurt\|other\)\.wav";/& mode = "loop";/; s/\(id = "other".*group = \)"B"/\1"C"/' own.orp converted.orp

# whole N: emergency N has all its phases; `last`: its number, its frame, and frames and ms to the phases 2, 3 and 4; `places`: the
# clips that stand still, and where.
whole() {
    clipgrid status --json >status.json
    python3 - status.json "$1" <<'END'
import json, sys
status = json.load(open(sys.argv[1]))
last = status["emergencies"][-1]
with open("last", "w") as f:
    print(last["number"], last["frame"], *(x for p in last["phases"][1:] for x in (p["frames"], p["ms"])), file=f)
with open("places", "w") as f:
    print(*("%s=%s" % (v["id"], v["elapsed_s"]) for v in status["voices"]), file=f)
sys.exit(not (status["emergency"] and last["number"] == int(sys.argv[2]) and len(last["phases"]) == 4))
END
}

# emergency N [killed]: raised and lifted; its record is added to `records`.
emergency() {
    engine=$(pid_of engine)
    expect 0 ctl emergency
    if [ -n "${2-}" ]; then
        kill -9 "$engine"
        wait_until 10 another "$engine" || fail "the engine is not replaced"
        wait_until 10 has_standby || fail "no engine stands by"
    fi
    wait_until 10 whole "$1" || fail "emergency $1 has not all its phases: $(cat last)"
    before=$(cat places)
    expect 1 ctl press t1
    grep -q 'an emergency holds everything' out || fail "it does not say why nothing starts: $(cat out)"
    whole "$1" || fail "emergency $1 is over by itself"
    same "where clips stand still" "$(cat places)" "$before"
    echo "${2:-kept} $(cat last)" >>records
    expect 0 ctl emergency
}

# judge.py LATENCY CLIP,CHANNEL[,converted]...: what show.wav and `records` say, held against the renders: what, how many, how many
# of them wrong, p50, p99 and max; and why, on stderr. What is converted goes on in another phase of the converter, and so its
# place is not looked for.
cat >judge.py <<'END'
import array, struct, sys

MS, FADE_IN, SILENT, LOUD = 48, 240, 0.001, 0.01

def samples(path, channel):
    raw = open(path, "rb").read()
    channels = struct.unpack("<H", raw[raw.index(b"fmt ") + 10:][:2])[0]
    at = raw.index(b"data") + 8
    return array.array("f", raw[at:len(raw) - (len(raw) - at) % 4])[channel - 1::channels]

def find(sound, piece, first, last):
    """The frame in [first, last) at which the piece begins, -1: none."""
    space, piece = sound[first:last + len(piece)].tobytes(), piece.tobytes()
    at = space.find(piece)
    while at > 0 and at % 4:
        at = space.find(piece, at + 1)
    return first + at // 4 if at >= 0 else -1

class Judged:
    def __init__(self):
        self.numbers, self.wrong = [], 0
    def add(self, number, fine, why):
        self.numbers.append(number)
        if not fine:
            self.wrong += 1
            print(why, number, file=sys.stderr)
    def tell(self, what, unit):
        n, of = len(self.numbers), sorted(self.numbers)
        print(what, n, self.wrong, *("%.4g" % of[i] for i in ((n - 1) // 2, (n * 99 + 99) // 100 - 1, n - 1)), unit)

moved, slope, silent, place, sound_wrong = Judged(), Judged(), Judged(), Judged(), Judged()
told = {(phase, unit): Judged() for phase in (2, 3, 4) for unit in ("frames", "ms")}

def look_at_fade(name, heard, sound, frame, shift):
    """Phase 1: where it begins, and the steepest step of gain, in parts of that of a straight fade of 1 ms."""
    first = next((i for i in range(frame, frame + 960) if heard[i] != sound[i + shift]), frame + 960)
    moved.add(first - frame, first - frame <= MS, name + ": the gain moves after frames:")
    steps, before, gain = [], first - 1, 1.0
    for i in range(first, first + 2 * MS):
        if abs(sound[i + shift]) > LOUD:
            now = heard[i] / sound[i + shift]
            steps.append(abs(now - gain) * MS / (i - before))
            before, gain = i, now
    slope.add(max(steps), max(steps) <= 1.01, name + ": steps of gain, in parts of a straight fade's:")

def same_before(heard, sound, since, frame, shift):
    return heard[since:frame] == sound[since + shift:frame + shift]

def look(clip, channel, exact, latency, records):
    heard, sound = samples("show.wav", channel), samples(clip + ".render.wav", channel)
    since = next(i for i, s in enumerate(heard) if s)
    shift = next(i for i, s in enumerate(sound) if s) - since       # heard[i] is sound[i + shift]
    for kind, number, frame, most in records:
        name = "%s, emergency %d" % (clip, number)
        if exact and kind == "kept":                                # an engine that is killed fades nothing
            sound_wrong.add(frame - since, same_before(heard, sound, since, frame, shift), name + ": another sound before it, of frames:")
            look_at_fade(name, heard, sound, frame, shift)
        still = next(i for i in range(frame, frame + 9600) if max(map(abs, heard[i:i + 480])) <= SILENT)
        silent.add(still - frame, still - frame <= most, name + ": silent after frames:")
        again = next(i for i in range(still + 480, len(heard)) if heard[i])
        since = again + FADE_IN + 2 * latency + 2 * MS
        if not exact:
            continue
        stood = frame + MS + latency + shift                        # of the render: the end of the fade
        found = find(sound, heard[since:since + 64], max(0, stood - 4800), stood + 9600)
        shift = found - since
        error = abs(again + shift - stood)                          # the first frame of a fade may be 0
        place.add(error, found >= 0 and error <= (1 if kind == "kept" else MS), name + ": frames from where it stood:")

def look_at_told(records):
    for fields in records:
        if fields[0] == "kept":
            for phase, most in (2, 96), (3, 480), (4, 4800):
                frames, ms = int(fields[2 * phase - 1]), float(fields[2 * phase])
                told[phase, "frames"].add(frames, frames <= most, "phase %d is told after frames:" % phase)
                told[phase, "ms"].add(ms, True, "")

records = [line.split() for line in open("records")]
silences = [(r[0], int(r[1]), int(r[2]), min(2 * MS, int(r[3])) if r[0] == "kept" else 2 * MS) for r in records]
for word in sys.argv[2:]:
    clip, channel, *converted = word.split(",")
    look(clip, int(channel), not converted, int(sys.argv[1]), silences)
look_at_told(records)
for judged, what, unit in ((moved, "phase 1, gain moves", "frames"), (slope, "steepness", "of a fade of 1 ms"),
                           (silent, "phase 2, silent", "frames"), (place, "goes on in its place", "frames")):
    judged.tell(what.replace(" ", "_"), unit.replace(" ", "_"))
for (phase, unit), judged in told.items():
    judged.tell("phase_%d,_as_told" % phase, unit)
sys.exit(any(judged.wrong for judged in (moved, slope, silent, place, sound_wrong, *told.values())))
END

# show NAME CLIP...: with as many emergencies as there are to be.
show() {
    name=$1
    shift
    rm -f records show.wav
    show_start "$name.orp" --device "file:$work/show.wav"
    wait_until 20 is_loaded || fail "it is not loaded"
    wait_until 10 has_standby || fail "no engine stands by"
    for clip do expect 0 ctl press "$clip"; done
    sleep 0.2
    number=0 all=$((EMERGENCIES + KILLED))
    for pause in $(awk -v n=$all 'BEGIN { srand(3); for (i = 0; i < n; i++) printf "%03d\n", rand() * 90 + 60 }'); do
        number=$((number + 1)) killed=
        [ $((number * KILLED / all)) = $(((number - 1) * KILLED / all)) ] || killed=killed
        emergency $number $killed
        sleep "0.$pause"
    done
    latency=$(json device.latency_frames)
    show_stop
    seconds=$(($(frames_of show.wav) / 48000 + 1))
    channel=1 judged=
    for clip do
        rendered "$name.orp" "$clip" $seconds
        judged="$judged $clip,$channel$([ "$clip" != other ] || echo ,converted)"
        channel=$((channel + 2))
    done
    # shellcheck disable=SC2086  # a list of words
    python3 judge.py "$latency" $judged >judged 2>wrong || fail "$name: $(cat wrong judged)"
    while read -r what count lost p50 p99 max unit; do
        figures "emergency, $name rate, $(echo "$what" | tr _ ' ')" "$count" "$lost" "$p50" "$p99" "$max" "$(echo "$unit" | tr _ ' ')"
    done <judged
}
show own ref hurt
show converted ref hurt other
