#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A show that quits is heard to the end of its last fade, however much the card holds: by the card's own file, at four sizes of its
# buffer. Whoever asks it to quit and goes on writing is told that it has gone.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/fault/cards.sh"
need python3

tone_show

# heard_to_its_end FILE: ten channels of 32 bits. How loud the last milliseconds of it are, of its loudest, the last first.
heard_to_its_end() {
    python3 - "$1" <<'END'
import array, sys
left = array.array("i", open(sys.argv[1], "rb").read())[::10]
while left and left[-1] == 0:
    left.pop()
loudest = max(map(abs, left), default=0)
if len(left) < 24000 or loudest == 0:
    sys.exit(print("nothing sounds") or 1)
tail = [max(map(abs, left[-48 * (n + 1):len(left) - 48 * n])) / loudest for n in range(6)]
print(" ".join("%.3f" % level for level in tail))
sys.exit(not (abs(left[-1]) < 0.02 * loudest and tail[0] < 0.3 and all(b > a - 0.02 for a, b in zip(tail, tail[1:]))))
END
}

for size in "64 2" "256 4" "1024 8" "4096 4"; do
    FAULTPCM_OUT=$out/card.raw FAULTPCM_STATE=$out/card FAULTPCM_SCRIPT=
    export FAULTPCM_OUT FAULTPCM_STATE FAULTPCM_SCRIPT
    rm -f "$out"/card*
    show_start show/show.orp --device fault --rate 48000 --period "${size% *}" --periods "${size#* }"
    wait_until 20 is_loaded || fail "the media are not loaded"
    expect 0 ctl play tone
    sleep 1
    show_stop
    heard_to_its_end "$out/card.raw" >tail || fail "$size: it is cut off: $(cat tail)"
    figures "quit with a buffer of $size" 1 0 - - "$(cut -d ' ' -f 1 tail)" "of full, the last ms"
done

# The show ends while a client that has asked nothing yet has more to say.
show_start show/show.orp --device clock
{ sleep 2; echo 'press tone'; } | "$CLIPGRID" ctl >out 2>err &
asker=$!
wait_until 10 test -S "$CLIPGRID_SOCKET"
sleep 0.5
expect 0 ctl quit
got=0
wait "$asker" || got=$?
same "the status of a client whose show ended" "$got" 2
wait "$show_pid" || fail "the show ended with status $?"
