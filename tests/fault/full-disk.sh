#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that is full during import, consolidate, pack, unpack and peaks: refused or failed in one line that says so, what has a
# name is whole, the old show is as it was, nothing half-made stays, and with room again it finishes. First with too little room
# from the beginning, without inodes, and with room that goes while the work is done (a tmpfs each, as root); then with calls
# that write failing in turn, TRIES (10) or so of each kind (strace, where it may trace).
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
TRIES=${TRIES:-$(count 10 100)}
mkdir -p old/media far
for n in 1 2 3; do noise "old/media/$n.wav" 2 "$n"; done
noise far/new.wav 3 7
printf 'format = "ORP2026A"; tabs = ( { rows = 2; columns = 8; clips = ( ' >old/show.orp
for n in 1 2 3; do printf '%s{ row = 1; column = %d; file = "%d.wav"; in = %d; }' "$([ $n = 1 ] || echo ', ')" $n $n $n >>old/show.orp; done
echo '); } );' >>old/show.orp
expect 0 clipgrid consolidate old/show.orp start
rm -r old
clipgrid pack start/show.orp show.pack >out 2>err || { grep -q libarchive err || fail "pack: $(cat err)"; }

beside() { find "$1" -name '.*.copying' -o -name '.*.packing' -o -name '.*.unpacking' -o -name '.*.making'; }

# Every job writes below disk/; `made` is what it makes, `right` whether that is whole.
jobs="import consolidate unpack peaks"
[ -s show.pack ] && jobs="import consolidate pack unpack peaks" || jobs="import consolidate peaks"
ready() {
    rm -rf disk/* 2>/dev/null || true
    case $1 in
        import) cp -r start disk/im ;;
        peaks) mkdir -p disk/cache ;;
    esac
}
job() {
    case $1 in
        import) set -- "$2" import --copy disk/im/show.orp far ;;
        consolidate) set -- "$2" consolidate start/show.orp disk/co ;;
        pack) set -- "$2" pack start/show.orp disk/k.pack ;;
        unpack) set -- "$2" unpack show.pack disk/un ;;
        peaks) set -- "$2" peaks --json start/show.orp ;;
    esac
    wrapper=$1
    shift
    # shellcheck disable=SC2086  # words
    XDG_CACHE_HOME="$work/disk/cache" $wrapper "$CLIPGRID" "$@" >out 2>err
}
# whole JOB: what has a name. finished JOB: all of it is there.
whole() {
    case $1 in
        import)
            for n in 1 2 3; do cmp "start/media/$n.wav" "disk/im/media/$n.wav"; done
            [ ! -e disk/im/media/far/new.wav ] || cmp far/new.wav disk/im/media/far/new.wav
            cmp -s start/show.orp disk/im/show.orp || grep -q 'far/new.wav' disk/im/show.orp || fail "import: the session is damaged"
            ! grep -q 'far/new.wav' disk/im/show.orp || cmp far/new.wav disk/im/media/far/new.wav
            ;;
        consolidate)
            for n in 1 2 3; do [ ! -e "disk/co/media/$n.wav" ] || cmp "start/media/$n.wav" "disk/co/media/$n.wav"; done
            [ ! -e disk/co/show.orp ] || diff -r start disk/co
            ;;
        pack) [ ! -e disk/k.pack ] || { rm -rf k; clipgrid unpack disk/k.pack k >/dev/null && diff -r start k; } ;;
        unpack) [ ! -e disk/un ] || diff -r start disk/un ;;
        peaks) : ;;
    esac || fail "$1: what has a name is not whole"
    [ "$1" = peaks ] || same "$1: left beside" "$(beside disk)" ""
}
finished() {
    case $1 in
        import) grep -q 'far/new.wav' disk/im/show.orp ;;
        consolidate) [ -e disk/co/show.orp ] ;;
        pack) [ -e disk/k.pack ] ;;
        unpack) [ -e disk/un/show.orp ] ;;
        peaks) [ "$(find disk/cache -name '*.peaks' | wc -l)" = 3 ] ;;
    esac || fail "$1: it says that it is done, and is not"
    whole "$1"
}
# failed JOB: it said why, in a line.
failed() { grep -qi 'no space\|free there\|cannot be written\|cannot be copied\|cannot be made\|full\|input/output' err out || fail "$1: '$(cat err out)' does not say why"; }
# tried JOB WRAPPER: once, whatever comes of it; then once more with all the room there is.
tried() {
    if job "$1" "$2"; then finished "$1"; else failed "$1"; whole "$1"; fi
}

# --- disks that are full ---

# with_disk OPTIONS: a tmpfs at disk/.
with_disk() { mkdir -p disk; mount -t tmpfs -o "$1" none disk 2>/dev/null || return 1; mounts="$work/disk"; }
without_disk() { umount disk; mounts=; }
if [ "$(id -u)" = 0 ] && with_disk size=1m; then
    without_disk
    for name in $jobs; do
        case $name in import) least=1400k ;; peaks) least=40k ;; *) least=700k ;; esac
        with_disk "size=$least"
        ready "$name"
        if job "$name" ""; then fail "$name: no room, and it says nothing: $(cat out err)"; fi
        failed "$name"
        whole "$name"
        mount -o remount,size=20m disk
        job "$name" "" || fail "$name: with room again: $(cat err)"
        finished "$name"
        without_disk
        with_disk "size=20m,nr_inodes=$([ $name = import ] && echo 7 || echo 4)"
        ready "$name"
        tried "$name" ""
        mount -o remount,nr_inodes=1000 disk
        job "$name" "" || grep -q 'is there already' err || fail "$name: with inodes again: $(cat err)"
        finished "$name"
        without_disk
        # Somebody else takes the room meanwhile.
        with_disk size=4m
        ready "$name"
        (while :; do head -c 65536 /dev/zero >>disk/greedy 2>/dev/null || break; done) &
        greedy=$!
        tried "$name" ""
        kill "$greedy" 2>/dev/null || true
        wait "$greedy" 2>/dev/null || true
        rm -f disk/greedy
        job "$name" "" || grep -q 'is there already' err || fail "$name: with room again: $(cat err)"
        finished "$name"
        without_disk
    done
    # shellcheck disable=SC2086  # words
    figures "jobs on a full disk" $(($(echo $jobs | wc -w) * 3)) 0 - - - -
else
    echo "SKIP: no tmpfs can be mounted: disks are not filled"
fi

# --- calls that write, failing in turn ---

mkdir -p disk
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    for name in $jobs; do
        calls=0
        for call in openat write fsync rename renameat2 mkdir ftruncate; do
            ready "$name"
            strace -o calls -e trace="$call" "$CLIPGRID" --version >/dev/null 2>&1 || continue   # not on this machine
            job "$name" "strace -o calls -e trace=$call -e signal=none" || fail "$name under strace: $(cat err)"
            count=$(grep -c "^$call(" calls || true)
            nth=1
            while [ "$nth" -le "$count" ]; do
                ready "$name"
                if job "$name" "strace -o calls -e trace=$call -e inject=$call:error=ENOSPC:when=$nth -e signal=none"; then
                    [ "$name" = peaks ] || finished "$name"
                else
                    whole "$name"
                    [ -s err ] || grep -q '"error"' out || fail "$name: $call $nth fails, and nothing is said"
                fi
                calls=$((calls + 1))
                nth=$((nth + 1 + count / TRIES))
            done
        done
        job "$name" "" || grep -q 'is there already' err || fail "$name: with room again: $(cat err)"
        finished "$name"
        figures "calls of $name without room" $calls 0 - - - -
    done
else
    echo "SKIP: no strace here: single calls do not fail"
fi
