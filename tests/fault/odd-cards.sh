#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Row 21: cards that wake early, late or never, take little at a time, or have a pointer that lies, in any mixture: FAULTS
# (4,000) such events on 32 cards. Nothing is out of its place, nothing else sounds, and none costs 5 % of a processor more
# than a card that is well. A pointer that is off by less than 20 ms look after look cannot be told from the card's own pace,
# and is followed: of such lies there are only small ones.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/fault/cards.sh"

cards "an odd card" odd "${FAULTS:-$(count 4000 40000)}" 32
