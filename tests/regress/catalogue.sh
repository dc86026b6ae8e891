#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A show that has not changed opens again without a header being read; files that come, change and go while it runs are
# noticed; a catalogue that is broken is put aside, and one that cannot be written is done without.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

files=200
demo
mkdir -p many/media
{
    echo 'format = "ORP2026A"; media = "media";'
    echo 'tabs = ( { name = "Many"; rows = 32; columns = 40; clips = ('
    i=0
    while [ $i -lt $files ]; do
        ln demo/media/knock.wav "many/media/$i.wav"
        printf '%s{ row = %d; column = %d; id = "f%d"; file = "%d.wav"; }' "$([ $i = 0 ] || echo ,)" $((i / 40 + 1)) $((i % 40 + 1)) $i $i
        i=$((i + 1))
    done
    echo ',{ row = 32; column = 1; id = "late"; file = "late.wav"; }'
    echo '); } );'
} >many/many.orp

counted() { [ "$(json media.opened) $(json media.from_catalogue)" = "$1" ]; }
expect_counts() { wait_until 20 counted "$1" || fail "opened and known: $(json media.opened) $(json media.from_catalogue), not $1"; }
noticed() { clipgrid status --json | grep -qF -- "$1"; }
expect_notice() { wait_until 20 noticed "$1" || fail "no notice says '$1'"; }
length() { ctl stop "$1" >/dev/null; ctl play "$1" >/dev/null 2>&1 && json voices.0.elapsed_s >out && json voices.0.remaining_s >>out; }

show_start many/many.orp
wait_until 30 is_loaded || fail "the media do not load"
expect_counts "$files 0"
expect_notice 'late.wav: no such file'
is_resting() { [ "$(json media.idle)" = true ]; }
wait_until 20 is_resting || fail "the media are never all there"
same "media with their heads, and without" "$(json media.heads) $(json media.cold)" "$files 0"
holds "what is resident" "$(json media.resident_mb) > 0 && $(json media.resident_mb) <= $(json media.budget_mb)"
show_stop
show_start many/many.orp
wait_until 30 is_loaded || fail "the media do not load again"
expect_counts "0 $files"

# A file that was missing comes.
expect 1 ctl play late
cp demo/media/knock.wav arriving
mv arriving many/media/late.wav
expect_notice 'late.wav: is there now'
wait_until 20 ctl play late >/dev/null || fail "the file that came does not play"
expect_counts "1 $files"

# One that sounds is replaced: it sounds on, and the next start is of the new one.
expect 0 ctl set f1 mode loop
expect 0 ctl play f1
cp demo/media/rain.wav replacing
mv replacing many/media/1.wav
expect_notice '1.wav: has changed on the disk, loaded anew'
same "the clip whose file was replaced" "$(states f1)" looping
wait_until 20 is_loaded || fail "the new file does not load"
same "the clip whose file was replaced, later" "$(states f1)" looping
expect 0 ctl set f1 mode once
expect 0 ctl stop all
is_still() { [ -z "$(states f1)" ]; }
wait_until 20 is_still || fail "it does not stop"
expect 0 ctl play f1
holds "the length of the new file" "$(json voices.0.elapsed_s) + $(json voices.0.remaining_s) > 3.5"
expect_counts "2 $files"

# One goes, and comes back.
mv many/media/2.wav away
expect_notice '2.wav: no such file'
expect 1 ctl play f2
mv away many/media/2.wav
expect_notice '2.wav: is there now'
wait_until 20 ctl play f2 >/dev/null || fail "the file that came back does not play"
show_stop

# Broken: kept as it is, said once, and the show goes on with a new one.
echo 'no database' >cache/clipgrid/catalogue.sqlite
rm -f cache/clipgrid/catalogue.sqlite-*
show_start many/many.orp
wait_until 30 is_loaded || fail "the media do not load with a broken catalogue"
expect_notice 'the catalogue was damaged: kept as catalogue.sqlite.damaged-'
expect_counts "$((files + 1)) 0"
same "the file put aside" "$(cat cache/clipgrid/catalogue.sqlite.damaged-*)" 'no database'
show_stop
show_start many/many.orp
wait_until 30 is_loaded || fail "the media do not load with the new catalogue"
expect_counts "0 $((files + 1))"
show_stop

# Nowhere to write.
rm -rf cache/clipgrid
echo 'in the way' >cache/clipgrid
show_start many/many.orp
wait_until 30 is_loaded || fail "the media do not load without a cache"
expect_notice 'the catalogue is used in memory'
show_stop

# No room: a cache of 64 KiB.
rm -f cache/clipgrid
cat >small <<'END'
#!/bin/sh
[ "$1" = run ] || exec "$REAL" "$@"
exec unshare -m sh -c 'mount -t tmpfs -o size=64k none "$XDG_CACHE_HOME" && exec "$REAL" "$@"' run "$@"
END
chmod +x small
if unshare -m true 2>/dev/null; then
    export REAL="$CLIPGRID"
    CLIPGRID=$work/small
    show_start many/many.orp
    wait_until 30 is_loaded || fail "the media do not load without room in the cache"
    expect_notice 'no room on the disk'
    show_stop
    CLIPGRID=$REAL
else
    echo "SKIP: a full disk: no right to mount one"
fi
