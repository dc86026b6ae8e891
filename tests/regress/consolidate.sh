#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A show and its media gathered in one folder: verified copies, nothing of the old show or of what stands there is touched, the
# session last; killed at any moment, a second run goes on.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
mkdir -p show far/deep
cp demo/media/bell.wav far/bell.wav
cp demo/media/rain.wav far/deep/rain.wav
printf 'format = "ORP2026A"; media = "../far"; tabs = ( { clips = (
    { row = 1; column = 1; file = "bell.wav"; gain = -3.0; }, { row = 1; column = 2; file = "deep/rain.wav"; },
    { row = 1; column = 3; file = "gone.wav"; } ); } );\n' >show/show.orp
cp -r far far.before
cp -r show show.before
untouched() { diff -r far far.before && diff -r show show.before || fail "the old show has changed"; }

# Another file of the same name is there: the copy gets another one, and the clip too.
mkdir -p new/media
cp demo/media/wind.wav new/media/bell.wav
expect 0 clipgrid consolidate show/show.orp new
expect_out 'new/show.orp: 2 media files; 1 media file is missing: gone.wav'
cmp demo/media/wind.wav new/media/bell.wav
cmp far/bell.wav new/media/bell-2.wav
cmp far/deep/rain.wav new/media/deep/rain.wav
grep -q 'file = "bell-2.wav"' new/show.orp || fail "the clip has not the new name"
grep -q 'gain = -3.0' new/show.orp || fail "an edit is lost"
grep -q 'media = ' new/show.orp && fail "the media folder is not the folder's own"
untouched
expect 0 clipgrid consolidate show/show.orp new
same "files after the second time" "$(find new -type f | wc -l)" 4

# What cannot be: its own folder, another show, no room for a folder.
expect 1 clipgrid consolidate new/show.orp new
expect_err 'new: is the folder that the show has its media in'
mkdir other
cp demo/demo.orp other/show.orp
expect 1 clipgrid consolidate show/show.orp other
expect_err 'other/show.orp: is there already'
cmp demo/demo.orp other/show.orp
mkdir -p other/media
expect 1 clipgrid consolidate show/show.orp other
expect_err 'other/show.orp: is there already and is another show'
cmp demo/demo.orp other/show.orp
: >file
expect 1 clipgrid consolidate show/show.orp file
expect_err 'file/media: cannot be made'
expect 2 clipgrid consolidate show/show.orp
untouched

# Killed at moments ever later: the session is the last to be there, and is then whole.
cp -r demo demo.before
for moment in 0.002 0.01 0.02 0.03 0.05 0.07 0.1 0.15 0.2; do
    "$CLIPGRID" consolidate demo/demo.orp k >/dev/null 2>&1 &
    pid=$!
    sleep "$moment"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    diff -r demo demo.before || fail "the old show has changed"
    if [ -e k/demo.orp ]; then
        diff -r demo k || fail "the session is there before its media"
        rm -rf k
    elif [ -d k/media ]; then
        for file in k/media/*.wav; do
            [ ! -e "$file" ] || cmp -s "$file" "demo/media/${file##*/}" || fail "half a file has a name: $file"
        done
    fi
done
expect 0 clipgrid consolidate demo/demo.orp k
diff -r demo k || fail "not all is there"
clipgrid check k/demo.orp --device "file:$work/none.wav" --json >out || true
grep -q '"level":"error"' out && fail "the new show has errors"

# In a show that runs: as it is now; it goes on where it is.
show_start demo/demo.orp
expect 0 ctl set rain gain -7
expect 0 ctl consolidate "$work/live"
expect_out "ok $work/live/demo.orp: 34 media files"
grep -q 'gain = -7.0' live/demo.orp || fail "the edit is not there"
cmp demo/demo.orp demo.before/demo.orp
expect 0 ctl status --json
grep -q "$work/demo/demo.orp" out || fail "the show has moved"
expect 0 ctl undo
show_stop
