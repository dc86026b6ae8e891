#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# 2,000 damaged media files through real workers (tests/decode/test_mutate.c): no fault outside of them, and neither memory nor
# descriptors grow. ANSWERS (20,000) of a worker that has been taken over (tests/decode/test_hostile.c): each file is settled, and
# nothing unfit gets into clip memory.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

"$TOOLS/../decode/test_mutate_long" >out 2>err || fail "mutants: $(tail -n 5 out err)"
grep 'files of' out
figures "damaged media" "$(sed -n 's/^\([0-9]*\) files of.*/\1/p' out)" 0 - - - files
ANSWERS=${ANSWERS:-$(count 20000 200000)} "$TOOLS/../decode/test_hostile" >out 2>err || fail "hostile workers: $(tail -n 5 out err)"
figures "answers of a hostile worker" "$(sed -n 's/^\([0-9]*\) answers.*/\1/p' out)" 0 - - - answers
