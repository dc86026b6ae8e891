#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Power cuts during saves and edits (FAULTS 15): after each call of SAVES (8; 1,000: half an hour) saves that changed a file, in WAYS (4)
# ways: what was not synced is gone, is there, or is there in part and in another order. The session opens, old or new
# and never mixed, with every save that was answered and every edit that was synced.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

ram=$(mktemp -d /dev/shm/clipgrid-test-XXXXXX 2>/dev/null) || ram=$(mktemp -d "$work/ram-XXXXXX")
trap 'status=$?; rm -rf "$ram"; (exit $status); end_fault' EXIT
(cd "$ram" && XDG_STATE_HOME=$PWD/state "$TOOLS/../fault/powercut" "${SAVES:-$(count 8 100)}" "${WAYS:-4}") >out 2>err || fail "$(cat out err)"
# shellcheck disable=SC2046  # words
figures "power cuts in edits and saves" $(head -n 1 out) - - - -
tail -n 1 out
