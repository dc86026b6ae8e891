#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The engine, killed KILLS (100) times at random moments while it plays through the scripted card (FAULTS 1): after each kill the card
# sounds again, faded in, and what sounds is where it would have been. The card is judged, not the program: its own clock says which
# frame of the clip belongs to which moment (places.py).
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/fault/cards.sh"
need python3
KILLS=${KILLS:-$(count 100 1000)}
FAULTPCM_OUT=$out/card.raw
FAULTPCM_STATE=$out/card
export FAULTPCM_OUT FAULTPCM_STATE

numbered_show
show_start show/show.orp --device fault --rate 48000 --period 256 --periods 4
wait_until 20 is_loaded || fail "the media are not loaded"
expect 0 ctl play number
wait_until 10 has_standby || fail "no engine stands by"
kill_engines "$KILLS" 11 100 200
sleep 0.3
same "the clip" "$(states number)" looping
same "the device" "$(json device.name) $(json device.state)" "fault running"
show_stop

python3 "$TOP/tests/fault/places.py" "$FAULTPCM_OUT" >place || fail "not in its place, or not faded in: $(cat place)"
# shellcheck disable=SC2046  # numbers
figures "engine killed, on a card, silence" $(sed -n 's/^silence //p' place)
# shellcheck disable=SC2046  # numbers
figures "engine killed, on a card, place" $(awk '$1 == "place" { printf "%d %d %.2f %.2f %.2f ms", $2, $3, $4 / 48, $5 / 48, $6 / 48 }' place)
# shellcheck disable=SC2046  # numbers
set -- $(sed -n 's/^silence //p; s/^place //p' place)
holds "pieces of sound" "$1 >= $KILLS"
holds "the places, at most, in ms" "$5 / 48 < 1"
holds "sounding again, p99 in ms" "${10} < 100"
holds "sounding again, at most, in ms" "${11} <= 250"
