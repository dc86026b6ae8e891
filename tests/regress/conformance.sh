#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The list of tests/golden/README is true: every row of the specification that is heard has a line, and every test it names is run.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

list=$TOP/tests/golden/README

# is_run PROGRAM FUNCTION: it is there, and stands in the table of tests.
is_run() {
    grep -q "^static void $2(" "$TOP/tests/$1.c" && grep -qE "(GOLDEN_LAW|GOLDEN_TEST|cmocka_unit_test[a-z_]*)\([^)]*\<$2\)" "$TOP/tests/$1.c"
}

grep -E '^[A-Z][0-9]+ ' "$list" >rows
while read -r line; do
    # shellcheck disable=SC2086  # words; the last two are a program and a function
    set -- $line
    while [ $# -gt 2 ]; do shift; done
    is_run "$1" "$2" || fail "$list names $2 of $1, which is not run"
done <rows
for row in P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 K1 K2 K3 K4 F1 F2 F3 F4 M1 M2 B1 B3 B4 E1 E2; do
    grep -q "^$row " rows || fail "$list has no line for $row"
done
echo "$(wc -l <rows) sentences have their tests"
if is_run golden/test_press there_is_no_such_test; then fail "a test that is not there passes"; fi
