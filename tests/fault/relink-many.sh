#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# CLIPS files (10,000) that have other names in other folders, each beside one as long that differs in a byte: relink finds all by
# their content within 10 s, and takes none for another. Then files that are cut short while they load and play, CUTS times (30):
# no process dies of it, and a voice beside them plays every frame. (What a voice whose file is cut sounds like: replaced.sh.)
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
CLIPS=${CLIPS:-10000} CUTS=${CUTS:-$(count 30 300)}
export CLIPS

mkdir -p show/media
python3 - <<'END'
import os
count = int(os.environ["CLIPS"])
with open("show/show.orp", "w") as f:
    f.write('format = "ORP2026A";\ntabs = (')
    for n in range(count):
        tab, place = divmod(n, 1280)
        if place == 0:
            f.write((" ); }," if tab else "") + " { rows = 32; columns = 40; clips = (")
        f.write('%s { row = %d; column = %d; id = "c%d"; file = "%d.wav"; }\n'
                % ("," if place else "", place // 40 + 1, place % 40 + 1, n, n))
        open("show/media/%d.wav" % n, "w").write("%010d" % n)
    f.write(" ); } );\n")
END
find show/media -type f -print0 | xargs -0 "$TOOLS/remember" || fail "the catalogue does not take it"
python3 - <<'END'
import os, random
random.seed(7)
count = int(os.environ["CLIPS"])
numbers = random.sample(range(count), count)
for at, n in enumerate(numbers):
    folder = "show/media/moved/%d" % (at % 50)
    os.makedirs(folder, exist_ok=True)
    os.rename("show/media/%d.wav" % n, "%s/%d.wav" % (folder, at))
    open("%s/other-%d.wav" % (folder, at), "w").write("%09dx" % (n // 10))
END
began=$(date +%s%N)
expect 0 clipgrid relink show/show.orp
took=$((($(date +%s%N) - began) / 1000000))
lost=$(python3 - <<'END'
import os, re
clips = re.findall(r'id = "c(\d+)";\s*file = "(moved/[^"]*)"', open("show/show.orp").read())
print(int(os.environ["CLIPS"]) - sum(open("show/media/" + file).read() == "%010d" % int(n) for n, file in clips))
END
)
figures "clips relinked by content" "$CLIPS" "$lost" - - "$took" ms
same "the answer" "$(cat out)" "$CLIPS missing files: $CLIPS found"
same "clips with no file or another's" "$lost" 0
holds "relink took" "$took <= 10000"

# --- cut short while they load and play ---

mkdir media
noise media/ref.wav 40 1
noise media/tick.wav 0.1 2
noise long.wav 8 3
cp long.wav media/one.wav
session cut.orp one
rendered cut.orp ref 30
show_start cut.orp --device "file:$work/show.wav"
wait_until 30 is_loaded || fail "the media are not loaded"
before=$(lives)
expect 0 ctl press ref
for n in $(seq "$CUTS"); do
    cp long.wav "media/one$n.wav"
    expect 0 ctl set one file "one$n.wav"
    [ $((n % 2)) = 0 ] || wait_until 30 is_loaded || fail "file $n is not loaded"
    ctl play one >out 2>&1 || true          # refused if it is not loaded: also a moment to cut it
    truncate -s $((n * 70001 % 1536000)) "media/one$n.wav"
    answers || fail "no answer after cut $n"
done
answered "files cut short"
wait_until 30 is_loaded || fail "the media do not settle"
same "the processes" "$(lives)" "$before"
show_stop
unhurt ref 1
figures "files cut short" "$CUTS" 0 - - - files
