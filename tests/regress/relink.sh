#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Missing media: what has the content is taken, what only looks like it is offered, and edits survive. (10,000 of them:
# tests/fault/relink-many.sh)
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
remember() { find "$@" -type f -print0 | xargs -0 "$TOOLS/remember" || fail "the catalogue does not take it"; }
mkdir -p show/media/old
for name in bell rain wind knock; do cp "demo/media/$name.wav" show/media/old/; done
cat >first.orp <<'END'
format = "ORP2026A";
tabs = ( { clips = (
    { row = 1; column = 1; id = "a"; file = "old/bell.wav"; gain = -3.0; fade_in = 0.5; in = 10; markers = ( { name = "m"; at = 5; } ); },
    { row = 1; column = 2; id = "b"; file = "old/rain.wav"; },
    { row = 1; column = 3; id = "c"; file = "old/rain.wav"; in = 100; },
    { row = 1; column = 4; id = "d"; file = "old/knock.wav"; } ); } );
END
cp first.orp show/show.orp
files() { grep -o 'file = ".*"' show/show.orp | tr '\n' ' '; }

# Nothing is missing.
expect 0 clipgrid relink show/show.orp
expect_out '0 missing files: 0 found'
cmp -s first.orp show/show.orp || fail "the session has changed"

# Nothing is known of what is missing: names alone are offered, and taken when told to.
mkdir show/media/new
mv show/media/old/rain.wav show/media/new/rain.wav
cp show/media/old/wind.wav show/media/rain.wav
expect 0 clipgrid relink show/show.orp
expect_out '1 missing file: 0 found, 1 with candidates: relink CLIP NUMBER takes one
b old/rain.wav: 1: new/rain.wav (same name)
b old/rain.wav: 2: rain.wav (same name)
c old/rain.wav: 1: new/rain.wav (same name)
c old/rain.wav: 2: rain.wav (same name)'
cmp -s first.orp show/show.orp || fail "an offer was taken"
expect 1 clipgrid relink show/show.orp --clip b --take 3
expect_err 'has 2 candidates'
expect 2 clipgrid relink show/show.orp --take 1
expect 0 clipgrid relink show/show.orp --clip b --take 1
same "the file of both clips" "$(files)" 'file = "old/bell.wav" file = "new/rain.wav" file = "new/rain.wav" file = "old/knock.wav" '
grep -q 'in = 100' show/show.orp || fail "an edit is lost"
mv show/media/new/rain.wav show/media/old/
rm show/media/rain.wav
cp first.orp show/show.orp

# The content is known: a moved folder, a renamed file, and one of the same name and length that is another.
remember show/media
mv show/media/old show/media/moved
mv show/media/moved/knock.wav "show/media/moved/door ä.wav"
mkdir -p show/media/trap/old
size=$(wc -c <show/media/moved/bell.wav)
head -c "$size" /dev/urandom >show/media/trap/old/bell.wav
expect 0 clipgrid relink show/show.orp
expect_out '3 missing files: 3 found'
same "the files" "$(files)" 'file = "moved/bell.wav" file = "moved/rain.wav" file = "moved/rain.wav" file = "moved/door ä.wav" '
sed 's#old/knock#moved/door ä#; s#old/#moved/#' first.orp >wanted.orp
for text in 'gain = -3.0' 'fade_in = 0.5' 'in = 10;' 'at = 5' 'in = 100'; do grep -q "$text" show/show.orp || fail "lost: $text"; done

# Only the trap is left: it is offered, never taken.
cp first.orp show/show.orp
rm -r show/media/moved
expect 0 clipgrid relink show/show.orp
cmp -s first.orp show/show.orp || fail "another content was taken"
grep -q 'a old/bell.wav: 1: trap/old/bell.wav (same name and length, other content)' out || fail "the likeness is not said"
rm -r show/media/trap

# Elsewhere: told, then copied to where it is missing; or the whole folder is the media folder from now on.
mkdir -p far
for name in bell rain wind knock; do mkdir -p far/old; cp "demo/media/$name.wav" far/old/; done
expect 0 clipgrid relink show/show.orp far
expect_out "3 missing files: 3 found, the media folder is $work/far now"
grep -q "media = \"$work/far\"" show/show.orp || fail "the media folder is not the one that was found"
same "the files" "$(files)" 'file = "old/bell.wav" file = "old/rain.wav" file = "old/rain.wav" file = "old/knock.wav" '
cp first.orp show/show.orp
mkdir -p show/media/old
cp far/old/bell.wav show/media/old/
expect 0 clipgrid relink show/show.orp far
grep -q 'relink --copy brings it there' out || fail "no way is said"
cmp -s first.orp show/show.orp || fail "a file outside was taken"
expect 0 clipgrid relink --copy show/show.orp far
expect_out '2 missing files: 2 found'
cmp far/old/rain.wav show/media/old/rain.wav
cmp -s first.orp show/show.orp || fail "a file that is back needs no edit"
expect 1 clipgrid relink show/show.orp nowhere
expect_err 'nowhere: no such folder'

# --- in a show that runs ---

show_start show/show.orp
wait_until 20 is_loaded || fail "the media do not load"
remember show/media
mv show/media/old show/media/away
mv show/media/away/knock.wav show/media/away/door.wav
expect 0 ctl relink a away/bell.wav
expect_out 'ok old/bell.wav: away/bell.wav; 2 neighbours went the same way: relink neighbours takes them
b old/rain.wav: 1: away/rain.wav
c old/rain.wav: 1: away/rain.wav'
expect 0 ctl get a file
expect_out 'ok away/bell.wav'
expect 0 ctl get a gain
expect_out 'ok -3.0'
expect 0 ctl relink neighbours
expect 0 ctl get c file
expect_out 'ok away/rain.wav'
expect 0 ctl get c in
expect_out 'ok 100'
expect 0 ctl relink
expect_out 'ok 1 missing file: 1 found'
expect 0 ctl get d file
expect_out 'ok away/door.wav'
for edit in 1 2 3; do expect 0 ctl undo; done
expect 0 ctl get a file
expect_out 'ok old/bell.wav'
expect 1 ctl undo
rm -r show/media/away
cp -r far/old/. show/media/
mv show/media/bell.wav show/media/other.wav
(head -c 400 show/media/other.wav; head -c "$((size - 400))" /dev/urandom) >show/media/bell.wav
expect 0 ctl relink a
expect_out 'ok 1 missing file: 1 found'
expect 0 ctl get a file
expect_out 'ok other.wav'
expect 0 ctl undo
rm show/media/other.wav
expect 0 ctl relink a
expect_out 'ok 1 missing file: 0 found, 1 with candidates: relink CLIP NUMBER takes one
a old/bell.wav: 1: bell.wav (same name and length, other content)'
expect 1 ctl relink a 2
expect 0 ctl relink a 1
expect 0 ctl get a file
expect_out 'ok bell.wav'
expect 1 ctl relink a absent.wav
expect 1 ctl relink a "$work/far/old/wind.wav"
grep -q 'relink --copy' out || fail "no way is said: $(cat out)"
expect 0 ctl relink a wind.wav
show_stop
