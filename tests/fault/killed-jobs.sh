#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# import, consolidate, pack, unpack and peaks, killed with SIGKILL at random moments of the time they take, KILLS times each
# (60): what has a name afterwards is whole, the old show is as it was, running it again finishes, and nothing is left beside.
# Then the same to the process that does the work of a running show: it answers, and a second try goes on.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"

need python3
KILLS=${KILLS:-$(count 60 600)}
mkdir -p old/media/deep far
for n in 1 2 3; do noise "old/media/deep/$n.wav" "$n" "$n"; done
noise old/media/a.wav 0.2 9
noise far/new.wav 2 7
cp far/new.wav far/newer.wav
printf 'x' | dd of=far/newer.wav bs=1 seek=5000 conv=notrunc 2>/dev/null
printf 'format = "ORP2026A"; tabs = ( { rows = 2; columns = 8; clips = ( { row = 1; column = 1; id = "a"; file = "a.wav"; gain = -3.0; }' >old/show.orp
for n in 1 2 3; do printf ', { row = 1; column = %d; file = "deep/%d.wav"; in = %d; }' $((n + 1)) $n $n >>old/show.orp; done
echo '); } );' >>old/show.orp
# As the program writes it.
expect 0 clipgrid consolidate old/show.orp start
rm -r old
clipgrid pack start/show.orp show.pack >out 2>err || { grep -q libarchive err && packs=no; }

# moments SECONDS SEED: KILLS moments from 0 to a little more than that.
moments() { awk -v s="$1" -v seed="$2" -v n="$KILLS" 'BEGIN { srand(seed); for (i = 0; i < n; i++) printf "%.4f\n", rand() * s * 1.1 }'; }
now() { date +%s.%N; }
# beside FOLDER: half-made files that are left in it.
beside() { find "$1" -name '.*.copying' -o -name '.*.packing' -o -name '.*.unpacking' -o -name '.*.making'; }
# name_is_whole FILE ORIGINAL
name_is_whole() { [ ! -e "$1" ] || cmp -s "$1" "$2" || fail "half a file has a name: $1"; }

# killed SEED COMMAND...: before each time `ready`, after each kill `whole`; then once to its end, and `done_`.
killed() {
    name=$2 seed=$1
    shift
    ready
    began=$(now)
    expect 0 clipgrid "$@"
    takes=$(awk "BEGIN { print $(now) - $began }")
    ready
    ended=0 died=0
    for moment in $(moments "$takes" "$seed"); do
        "$CLIPGRID" "$@" >/dev/null 2>said &
        pid=$!
        sleep "$moment"
        kill -9 "$pid" 2>/dev/null || true
        got=0
        wait "$pid" 2>/dev/null || got=$?
        case $got in
            137) died=$((died + 1)) ;;
            0) ended=$((ended + 1)); ready ;;
            *) fail "$name: status $got after a kill before it: $(cat said)" ;;
        esac
        whole
    done
    expect 0 clipgrid "$@"
    whole
    done_
    [ "$died" -gt 0 ] || fail "$name: nothing was killed"
    figures "$name killed" "$died" 0 - - - -
}

# --- import: the session is the old one or the new one ---

ready() { rm -rf im; cp -r start im; clipgrid import --copy im/show.orp far >/dev/null; cp im/show.orp new.orp; rm -rf im; cp -r start im; }
whole() {
    name_is_whole im/media/far/new.wav far/new.wav
    name_is_whole im/media/far/newer.wav far/newer.wav
    for n in 1 2 3; do cmp "start/media/deep/$n.wav" "im/media/deep/$n.wav"; done
    cmp -s im/show.orp start/show.orp && return
    cmp -s im/show.orp new.orp || fail "the session is neither the old one nor the new one"
    cmp far/new.wav im/media/far/new.wav && cmp far/newer.wav im/media/far/newer.wav || fail "the session is there before its media"
    cp start/show.orp im/show.orp
}
done_() { cmp far/new.wav im/media/far/new.wav; same "import: left beside" "$(beside im)" ""; same "files" "$(find im/media/far -type f | wc -l)" 2; }
killed 1 import --copy im/show.orp far

# --- consolidate: the session comes last ---

ready() { rm -rf co; }
whole() {
    for file in a deep/1 deep/2 deep/3; do name_is_whole "co/media/$file.wav" "start/media/$file.wav"; done
    [ ! -e co/show.orp ] || diff -r -x .show.orp.saving start co || fail "the session is there before its media"
}
done_() { diff -r start co || fail "not all is there"; same "consolidate: left beside" "$(beside co)" ""; }
killed 2 consolidate start/show.orp co

# --- pack and unpack: there or not ---

if [ "${packs-}" != no ]; then
    ready() { rm -f k.pack; }
    whole() { [ ! -e k.pack ] || { rm -rf k; clipgrid unpack k.pack k >/dev/null && diff -r start k || fail "half an archive has a name"; rm -f k.pack; }; }
    done_() { same "pack: left beside" "$(beside .)" ""; }
    killed 3 pack start/show.orp k.pack
    ready() { rm -rf un; }
    whole() { [ ! -e un ] || { diff -r start un || fail "half a folder has a name"; rm -rf un; }; }
    done_() { same "unpack: left beside" "$(beside .)" ""; }
    killed 4 unpack show.pack un
fi

# --- peaks: what is kept is right, or is not kept ---

expect 0 clipgrid peaks --json start/show.orp
sort out >right
ready() { rm -rf cache/clipgrid/peaks; }
whole() { :; }
done_() {
    expect 0 clipgrid peaks --json start/show.orp
    sed 's/"kept":true/"kept":false/' out | sort >again
    sed 's/"kept":true/"kept":false/' right | sort | cmp - again || fail "peaks after the kills are others"
    same "peaks: left beside" "$(beside cache)" ""
}
killed 5 peaks --json start/show.orp
python3 - <<'END' || fail "the catalogue is damaged"
import sqlite3
assert sqlite3.connect('cache/clipgrid/catalogue.sqlite').execute('PRAGMA integrity_check').fetchone()[0] == 'ok'
END

# --- in a running show: its process of the job, or the store that started it ---

cp -r start live
echo "background_load = 0;" >>"$XDG_CONFIG_HOME/clipgrid/clipgrid.conf"      # peaks are made by the command alone
show_start live/show.orp
wait_until 20 is_loaded || fail "the media do not load"
before=$(ctl get a)
# job_of STORE: the process that works for it, if there is one.
job_of() { for child in $(cat "/proc/$1/task/"*/children); do tr '\0' ' ' <"/proc/$child/cmdline" | grep -q '@job' && echo "$child"; done; }
began=$(now)
expect 0 ctl import --copy "$work/far" 1/2/1
takes=$(awk "BEGIN { print $(now) - $began }")
expect 0 ctl undo
rm -rf live/media/far
rounds=0 broken=0
for moment in $(moments "$takes" 6 | head -n 20); do
    store=$(pid_of store)
    "$CLIPGRID" ctl import --copy "$work/far" 1/2/1 >told 2>&1 &
    asker=$!
    sleep "$moment"
    if [ $((rounds % 4)) = 3 ]; then victim=$store; else victim=$(job_of "$store" 2>/dev/null || true); fi
    # shellcheck disable=SC2086  # none, or one
    [ -z "$victim" ] || kill -9 $victim 2>/dev/null || true
    wait "$asker" || true
    grep -q '^ok\|^error' told || fail "no answer: $(cat told)"
    ! grep -q '^error' told || grep -q '^error io \|^error busy ' told || fail "another answer: $(cat told)"
    ! grep -q '^error' told || broken=$((broken + 1))
    name_is_whole live/media/far/new.wav far/new.wav
    name_is_whole live/media/far/newer.wav far/newer.wav
    same "the show" "$(ctl get a)" "$before"
    ! grep -q '^ok' told || expect 0 ctl undo
    rounds=$((rounds + 1))
done
finishes() { ctl import --copy "$work/far" 1/2/1 >told 2>&1; }
wait_until 20 finishes || fail "it does not finish: $(cat told)"
grep -q '^ok 2 clips' told || fail "not all is imported: $(cat told)"
cmp far/new.wav live/media/far/new.wav
cmp far/newer.wav live/media/far/newer.wav
same "files" "$(find live/media/far -type f | wc -l)" 2
[ "$broken" -gt 0 ] || fail "nothing was killed in a running show"
figures "import killed in a running show" "$broken" 0 - - - -

# How far it has come, and how long it will take, is told meanwhile.
printf 'import struct\nb = 48000 * 36000 * 2\nopen("live/media/hours.wav", "wb").write(b"RIFF" + struct.pack("<I", 36 + b) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 48000, 96000, 2, 16) + b"data" + struct.pack("<I", b))\n' | python3 -
truncate -s $((44 + 48000 * 36000 * 2)) live/media/hours.wav
"$CLIPGRID" ctl idle >events 2>/dev/null &
children="$children $!"
expect 0 ctl load hours.wav 1/2/8
"$CLIPGRID" ctl peaks 1/2/8 >told 2>&1 &
asker=$!
wait_until 60 grep -q 'job peaks: measuring: [0-9]* %, [0-9]*:[0-9][0-9] left' events || fail "neither progress nor time left is told: $(tail -n 5 events) $(cat told)"
expect 0 ctl job cancel
wait "$asker" || true
grep -q 'given up' told || fail "who waited is not told: $(cat told)"
show_stop
