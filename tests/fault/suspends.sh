#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Row 18: a card that is suspended every 60 ms, FAULTS (2,400; the matrix asks 10,000: 40 s) times on sixteen cards, of which
# eight cannot resume: it sounds again after three tries at most, in its place.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
. "$TOP/tests/fault/cards.sh"

cards "a suspended card" suspend "${FAULTS:-$(count 2400 10000)}" 16
