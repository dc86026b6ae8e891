#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A card that fails in every way while a clip plays, on the scripted card: it goes, stands still, is suspended, comes back with
# another rate or other channels, or busy, or has one xrun after the other. The clip's samples number its frames and the card
# writes what sounds at its second T to frame T x rate, so each piece of sound says whether the show has kept its time.
# LOSSES faults (12; `make check-long` on a machine with half an hour: 1000), then 2 s without a card, in which the engine may
# use 5 % of a processor.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/fault/cards.sh"
need python3
LOSSES=${LOSSES:-$(count 12 100)}
CYCLE=1.5               # seconds from one fault to the next
FAULTPCM_OUT=$out/card.raw
FAULTPCM_STATE=$out/card
FAULTPCM_SCRIPT=$(awk -v n="$LOSSES" -v cycle=$CYCLE 'BEGIN {
    for (i = 0; i < n; i++) {
        t = 2 + i * cycle
        kind = i % 8
        if (kind == 1) printf "%s%.3f stall 250", (i ? ", " : ""), t
        else if (kind == 2) printf ", %.3f suspend", t
        else if (kind == 6 && i < 20) for (k = 0; k < 70; k++) printf ", %.3f xrun", t + k * 0.008
        else printf "%s%.3f nodev 60", (i ? ", " : ""), t
        if (kind == 3) printf ", %.3f rates 44100", t
        if (kind == 4) printf ", %.3f rates 44100 48000 88200 96000", t
        if (kind == 5) printf ", %.3f busy 300", t + 0.02
        if (kind == 7) printf ", %.3f channels 2", t
        if (kind == 0 && i) printf ", %.3f channels 10", t
    }
    printf ", %.3f nodev 2000", 2 + n * cycle
}' | sed 's/rates 44100 48000 88200 96000/rates 44100,48000,88200,96000/')
export FAULTPCM_OUT FAULTPCM_STATE FAULTPCM_SCRIPT

numbered_show
show_start show/show.orp --device fault --rate 48000 --period 256 --periods 4
wait_until 20 is_loaded || fail "the media are not loaded"
expect 0 ctl play number

ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
card_s() { awk -v zero="$(awk '/^zero/ { printf "%.3f", $2 / 1e9 }' "$FAULTPCM_STATE")" '{ print $1 - zero }' /proc/uptime; }
is_waiting() { [ "$(json device.state)" = silent ] && holds_now "$(card_s) > 2 + $LOSSES * $CYCLE"; }
holds_now() { awk "BEGIN { exit !($1) }"; }
engine=$(pid_of engine)
wait_until $((LOSSES * 2 + 30)) is_waiting || fail "the card's last absence is not seen"
before=$(ticks "$engine") from=$(card_s)
sleep 1
percent=$(awk -v ticks="$(($(ticks "$engine") - before))" -v s="$(card_s)" -v from="$from" -v hz="$(getconf CLK_TCK)" \
    'BEGIN { printf "%.1f", 100 * ticks / hz / (s - from) }')
is_back() { [ "$(json device.state)" = running ]; }
wait_until 20 is_back || fail "the card is not taken again: $(json device.note)"
sleep 0.5
same "the clip" "$(states number)" looping
clipgrid status --json >status.json
same "the same engine" "$(json pids.engine)" "$engine"
show_stop

python3 "$TOP/tests/fault/places.py" "$FAULTPCM_OUT" $(find "$out" -name 'card.raw.*' | sort) >place ||
    fail "not in its place, or not faded in: $(cat place)"
holds "pieces" "$(awk '$1 == "place" { print $2 }' place) >= $LOSSES * 3 / 4"
[ "$LOSSES" -le 4 ] || holds "frames at 44,100 Hz" "$(awk '$1 == "other" { print $2 }' place) > 0"
# shellcheck disable=SC2046  # numbers
figures "a lost card, the whole program, place" $(sed -n 's/^place //p' place)
echo "waiting for a card: $percent % of a processor"
holds "the engine while it waits" "$percent < 10"      # 5, but for a kernel that counts in hundredths and a machine that is busy
python3 - status.json <<'END' || fail "an emergency has not all its phases"
import json, sys
raised = json.load(open(sys.argv[1]))["emergencies"]
print("the last %d emergencies, frames and ms to phase 4:" % len(raised),
      ", ".join("%s %d, %.1f" % (e["cause"], e["phases"][-1]["frames"], e["phases"][-1]["ms"]) for e in raised))
sys.exit(not raised or any(len(e["phases"]) < 4 or e["phases"][3]["ms"] > 1000 for e in raised))
END
