#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Row 17: a card that has an xrun every 40 ms, FAULTS (3,200; the matrix asks 100,000: five minutes) on sixteen cards at once:
# each time it sounds again within two periods and 10 ms, in its place.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/fault/cards.sh"

cards "xrun" xrun "${FAULTS:-$(count 3200 100000)}" 16
