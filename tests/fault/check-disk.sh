#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What check says of disks: one that is nearly full, one that cannot be written, and neither of one that has room.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need_root
mkdir disk
mount -t tmpfs -o size=8m tmpfs disk 2>/dev/null || skip "tmpfs cannot be mounted here"
trap 'status=$?; umount "$work/disk"; set +e; (exit $status); finish' EXIT
shows=0
demo
cp demo/demo.orp disk/
says() { shows=$((shows + 1)); clipgrid check "$1" --device clock >out 2>err || :; grep -q "$2" out; }
says demo/demo.orp ' MB are free on the disk' && fail "of a disk with room: $(cat out)"
says disk/demo.orp ' MB are free on the disk of the session' || fail "nothing of the small disk: $(cat out err)"
mount -o remount,ro disk
says disk/demo.orp 'the disk is read-only); the session cannot be written' || fail "nothing of the read-only disk: $(cat out err)"
XDG_STATE_HOME=$work/disk/state says demo/demo.orp 'disk/state' || fail "nothing of the state folder: $(cat out err)"
figures "disks that check looks at" $shows 0 - - - -
