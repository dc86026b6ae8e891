#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Row 19: a card that goes away, or stands still and says nothing, FAULTS (1,000) times on fifty cards at once: noticed within
# 100 ms, and it sounds again within two seconds, in its place. A card that is lost again within five seconds is tried after
# 0.1, 0.2, 0.4, 0.8 s and then every second, which is why there are fifty players of an engine that only counts; device-
# loss.sh does the same with the whole program, less often.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/fault/cards.sh"

cards "a lost card" loss "${FAULTS:-$(count 1000 10000)}" 50
