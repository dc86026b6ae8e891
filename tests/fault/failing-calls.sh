#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every call that writes, syncs, renames, opens or closes, and every allocation, of a show that is opened, edited, saved and
# moved to another file fails in turn, once and for ever (FAULTS 5, 6, 16, 35): the file is a whole session each time,
# nothing that was answered is lost, refusals are one line, no descriptor is synced again after that has failed. All of them, or of the
# allocations ALLOCATIONS, evenly spread.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

ram=$(mktemp -d /dev/shm/clipgrid-test-XXXXXX 2>/dev/null) || ram=$(mktemp -d "$work/ram-XXXXXX")
trap 'status=$?; rm -rf "$ram"; (exit $status); end_fault' EXIT
for kind in open write sync move truncate close folder memory; do
    mkdir "$ram/$kind"
    most=0
    [ $kind != memory ] || most=${ALLOCATIONS:-0}
    (cd "$ram/$kind" && XDG_STATE_HOME=$PWD/state "$TOOLS/../fault/failcalls" $kind "$most") >"$kind.out" 2>"$kind.log" ||
        fail "$kind: $(cat "$kind.out" "$kind.log")"
    # shellcheck disable=SC2046  # words
    figures "calls that fail: $kind" $(head -n 1 "$kind.out") - - - -
    echo "$kind: $(tail -n 1 "$kind.out")"
done
