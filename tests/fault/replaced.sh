#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Media files that are replaced, deleted, truncated and unmounted while they play. What sounds goes on as far as it is loaded
# and fades within 10 ms when it runs dry; nothing else of the show notices.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
mkdir media
noise media/ref.wav 40 1
noise media/tick.wav 0.1 2
clips="moved gone short"
for clip in $clips; do noise "media/$clip.wav" 6 "$((${#clip} + 10))"; done
if [ "$(id -u)" = 0 ] && command -v mkfs.ext4 >/dev/null; then
    mkdir media/disk
    if (truncate -s 8M disk.img && mkfs.ext4 -q -F disk.img && mount -o loop disk.img media/disk) >/dev/null 2>&1; then
        mounts="$work/media/disk"
        noise media/disk/away.wav 6 99
        clips="$clips disk/away"
    fi
fi
# shellcheck disable=SC2086  # a list of names
session show.orp $clips
rendered show.orp ref 30
for clip in $clips; do rendered show.orp "$(basename "$clip")" 4; done

show_start show.orp --device "file:$work/show.wav"
wait_until 30 is_loaded || fail "the media are not loaded"
before=$(lives)
expect 0 ctl press ref
for clip in $clips; do
    name=$(basename "$clip")
    expect 0 ctl press "$name"
    sleep 1
    case $name in
        moved) noise new.wav 2 1234; mv -f new.wav media/moved.wav ;;
        gone) rm media/gone.wav ;;
        short) truncate -s 20000 media/short.wav ;;
        away) umount -l media/disk; mounts= ;;
    esac
    answered "$name"
    sleep 1
    expect 0 ctl stop "$name"
    sleep 0.2
done
same "the processes" "$(lives)" "$before"
show_stop
unhurt ref 1
for clip in $clips; do
    dry "$(basename "$clip")" 3 24000
done
