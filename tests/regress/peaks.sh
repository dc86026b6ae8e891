#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Waveforms: made once and kept, made anew when the medium or what is kept has changed, for files, for all of a session and in a
# show that runs; and a kill at any moment costs nothing.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
kept() { find cache/clipgrid/peaks -name '*.peaks' | wc -l; }
# field NAME: of the one JSON line in out.
field() { sed -n "s/.*\"$1\":\\([^,}]*\\).*/\\1/p" out; }

# --- files ---

expect 0 clipgrid peaks demo/media/bell.wav
grep -q '^demo/media/bell.wav: .* peak -*[0-9.]* dBFS, rms -*[0-9.]* dBFS$' out || fail "what is said of a file"
same "what is kept" "$(kept)" 1
expect 0 clipgrid peaks demo/media/bell.wav
grep -q '(kept)$' out || fail "peaks that are there are made again"
touch -d '2001-02-03' demo/media/bell.wav
expect 0 clipgrid peaks --json demo/media/bell.wav
same "a medium that has changed" "$(field kept)" false
same "its bins" "$(field bins)" "$(( ($(field frames) + 255) / 256 ))"

# Damage in the middle of what is kept.
file=$(find cache/clipgrid/peaks -name '*.peaks')
cp "$file" before
printf 'x' | dd of="$file" bs=1 seek=1000 conv=notrunc 2>/dev/null
expect 0 clipgrid peaks --json demo/media/bell.wav
same "what is damaged" "$(field kept)" false
cmp "$file" before || fail "it is not made anew"

# What cannot be measured is said; the others are measured all the same.
echo "no medium" >letter.wav
expect 1 clipgrid peaks letter.wav absent.wav demo/media/rain.wav
grep -q '^letter.wav: not a media file' err || fail "what is no medium"
grep -q 'absent.wav: no such file' err || fail "a missing file"
grep -q '^demo/media/rain.wav: ' out || fail "the good one"
expect 2 clipgrid peaks
expect 1 clipgrid peaks demo/media
expect_err 'demo/media: a folder'

# Without a place to keep them.
XDG_CACHE_HOME="$work/letter.wav" expect 1 clipgrid peaks demo/media/rain.wav

# --- a session: the name may be any ---

cp demo/demo.orp demo/show.txt
expect 0 clipgrid peaks --json demo/show.txt
same "every file once" "$(wc -l <out)" "$(find demo/media -type f | wc -l)"
same "what is kept" "$(kept)" "$(wc -l <out)"
expect 1 clipgrid peaks "$TOP/conf/clipgrid.conf.example"

# --- killed at any moment ---

sox -n -r 48000 -c 2 -b 16 long.wav synth 1500 sine 440 2>/dev/null || head -c 288000044 /dev/zero | cat demo/media/rain.wav - >long.wav
for pause in 0.01 0.03 0.05 0.1 0.2; do
    "$CLIPGRID" peaks long.wav >/dev/null 2>&1 &
    pid=$!
    sleep "$pause"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
done
expect 0 clipgrid peaks long.wav
expect 0 clipgrid peaks --json long.wav
same "after the kills" "$(field kept)" true

# --- in a show that runs ---

rm -rf cache/clipgrid/peaks
show_start demo/demo.orp
expect 0 ctl peaks 1/1/1
grep -q '^ok 1 file, [01] measured now$' out || fail "one clip"
expect 0 ctl peaks all
grep -q "^ok $(find demo/media -type f | wc -l) files, [0-9]* measured now\$" out || fail "all clips"
same "what is kept" "$(kept)" "$(find demo/media -type f | wc -l)"
expect 1 ctl peaks nobody
expect 1 ctl peaks 8/32/40
expect 0 ctl press 1/1/1
show_stop

# What is measured goes into the catalogue.
if command -v python3 >/dev/null && clipgrid peaks --loudness --json demo/media/rain.wav >out 2>err; then
    same "the loudness in the catalogue" "$(python3 - <<'END'
import sqlite3
for row in sqlite3.connect('cache/clipgrid/catalogue.sqlite').execute("SELECT printf('%.2f', integrated_lufs) FROM media WHERE name = 'rain.wav'"):
    print(*row)
END
)" "$(field integrated_lufs)"
fi

# --- behind a running show's back, if it may ---

rm -rf cache/clipgrid
mkdir -p config/clipgrid
echo 'background_load = 100;' >config/clipgrid/clipgrid.conf
show_start demo/demo.orp
all_kept() { [ "$(kept 2>/dev/null)" = "$(find demo/media -type f | wc -l)" ]; }
wait_until 60 all_kept || fail "$(kept) peaks are kept"
show_stop
