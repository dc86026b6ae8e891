#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Row 20: a card that goes and comes back with another rate, eight of them, twice with other channels too, and once with longer
# periods. What is played at 44.1, 48, 88.2 and 96 kHz has its pitch within a cent, by the card's own file; at any other rate
# nothing is played, in words.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/fault/cards.sh"
need python3

rates='44100 32000 88200 22050 96000 192000 48000 8000'
FAULTPCM_OUT=$out/card.raw
FAULTPCM_STATE=$out/card
FAULTPCM_SCRIPT=$(echo "$rates" | tr ' ' '\n' | awk '{ t = 2 + 1.8 * (NR - 1); printf "%s%.2f nodev 60, %.2f rates %d", sep, t, t, $1; sep = ", " }
    NR == 3 { printf ", %.2f channels 2", t } NR == 4 { printf ", %.2f channels 10", t }
    END { t += 1.8; printf ", %.2f nodev 60, %.2f rates 48000, %.2f channels 6, %.2f period 1024", t, t, t, t
          t += 1.8; printf ", %.2f nodev 60, %.2f channels 10, %.2f period 32", t, t, t }')
export FAULTPCM_OUT FAULTPCM_STATE FAULTPCM_SCRIPT

tone_show
show_start show/show.orp --device fault --rate 48000 --period 256 --periods 4
wait_until 20 is_loaded || fail "the media are not loaded"
"$CLIPGRID" ctl idle >events 2>/dev/null </dev/null &
children="$children $!"
is_told() { ctl release tone >/dev/null || grep -q refused events; }
wait_until 20 is_told || fail "nobody tells of events"
expect 0 ctl play tone
engine=$(pid_of engine)
has_long_periods() { [ "$(json device.state) $(json device.rate) $(json device.period)" = "running 48000 1024" ]; }
wait_until 60 has_long_periods || fail "the card is not taken with periods of 1024 frames: $(json device)"
is_back() { [ "$(json device.state) $(json device.rate) $(json device.period)" = "running 48000 256" ]; }
wait_until 20 is_back || fail "the card is not taken again as it was: $(json device)"
same "the clip" "$(states tone)" looping
same "the same engine" "$(json pids.engine)" "$engine"
for rate in 32000 22050 192000 8000; do
    grep -q "fault: runs at $rate Hz; must be 44100, 48000, 88200 or 96000" events || fail "no word about $rate Hz"
done
show_stop

python3 - "$out"/card.raw* >pitch <<'END' || fail "not its pitch, or not there: $(cat pitch)"
import array, math, sys
cents = []
for name in sys.argv[1:]:
    kind = name.split(".raw.")[1].split("-") if ".raw." in name else ["48000", "10"]
    rate, left = int(kind[0]), array.array("i", open(name, "rb").read())[::int(kind[1])]
    best, first = (0, 0), None
    for at, sample in enumerate(left):                  # the longest sound without a hole: a zero is passed in a frame or two
        if sample != 0:
            first, last = at if first is None or at - last > 8 else first, at
            best = max(best, (last - first, first))
    length, first = best
    passed = [n + left[n] / (left[n] - left[n + 1]) for n in range(first + rate // 50, first + length - rate // 50)
              if left[n] < 0 <= left[n + 1]]
    if len(passed) < 200:
        sys.exit(print("%d Hz: %d frames sound" % (rate, length)))
    found = (len(passed) - 1) * rate / (passed[-1] - passed[0])
    cents.append((abs(1200 * math.log2(found / 997)), rate))
rates = sorted(rate for _, rate in cents)
cents.sort()
print(len(cents), sum(c > 1 for c, _ in cents), "%.4f %.4f %.4f" % (cents[len(cents) // 2][0], cents[-1][0], cents[-1][0]))
sys.exit(rates != [44100, 48000, 48000, 88200, 96000] or cents[-1][0] > 1)
END
# shellcheck disable=SC2046  # numbers
figures "another rate, pitch" $(cat pitch) cents
figures "another rate, refused" 4 0 - - - rates
