#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The media folder while a show runs: files that are deleted, come, are replaced and renamed, a folder that goes and comes back, the
# media folder itself; each is told, what comes back plays again, what sounds goes on, and a file that no clip names is found by
# relink the moment it is there.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
mkdir -p show/media/set spare
for name in bell knock wind; do cp "demo/media/$name.wav" "show/media/set/$name.wav"; done
cp demo/media/rain.wav show/media/rain.wav
cat >show/show.orp <<'END'
format = "ORP2026A";
tabs = ( { clips = (
    { row = 1; column = 1; id = "rain"; file = "rain.wav"; mode = "loop"; }, { row = 1; column = 2; id = "bell"; file = "set/bell.wav"; },
    { row = 1; column = 3; id = "knock"; file = "set/knock.wav"; }, { row = 1; column = 4; id = "wind"; file = "set/wind.wav"; },
    { row = 1; column = 5; id = "late"; file = "set/late.wav"; } ); } );
END
show_start show/show.orp
wait_until 20 is_loaded || fail "the media do not load"
"$CLIPGRID" ctl idle >events 2>/dev/null </dev/null &
children="$children $!"
listens() { ctl release bell >/dev/null 2>&1 || grep -q refused events; }
wait_until 20 listens || fail "nobody tells of events"
# told PATTERN: in an event since the last `forget`.
forget() { seen=$(wc -l <events); }
is_told() { tail -n +"$((seen + 1))" events | grep -q -- "$1"; }
told() { wait_until 30 is_told "$1" || fail "it is never told: $1: $(tail -n +"$((seen + 1))" events)"; }
# plays CLIP, when it is loaded again; sounds: what sounded all the while.
fires() { ctl play "$1" >/dev/null 2>&1; }
plays() { wait_until 30 fires "$1" || fail "$1 does not play: $(ctl play "$1" || true)"; expect 0 ctl stop "$1"; }
sounds() { same "the clip that sounds" "$(states rain)" looping; }
expect 0 ctl play rain

forget; rm show/media/set/bell.wav; told 'set/bell.wav: '; sounds
forget; cp demo/media/bell.wav show/media/set/bell.wav; told 'set/bell.wav: is there now'; plays bell; sounds
forget; cp demo/media/wind.wav new.wav; mv new.wav show/media/set/knock.wav; told 'set/knock.wav: has changed'; plays knock; sounds
forget; cp demo/media/knock.wav show/media/set/late.wav; told 'set/late.wav: is there now'; plays late
forget; mv show/media/set/wind.wav show/media/set/breeze.wav; told 'set/wind.wav: '; sounds
forget; mv show/media/set/breeze.wav show/media/set/wind.wav; told 'set/wind.wav: is there now'; plays wind

# A folder, twice; then the media folder with the clip that sounds in it.
for again in 1 2; do
    forget; mv show/media/set spare/set
    for name in bell knock wind late; do told "set/$name.wav: "; done
    sounds
    forget; mv spare/set show/media/set
    for name in bell knock wind late; do told "set/$name.wav: is there now"; done
    plays bell
done
forget; mv show/media spare/media; told 'set/bell.wav: '; sounds
forget; mv spare/media show/media; told 'set/bell.wav: is there now'; sounds; plays late

# What no clip names is no event; relink sees it the moment it is there.
rm show/media/set/wind.wav
mkdir show/media/fresh
cp demo/media/wind.wav show/media/fresh/wind.wav
expect 0 ctl relink wind
# Taken if its content has been measured by now, else offered.
grep -q 'fresh/wind.wav' out || [ "$(ctl get wind file)" = 'ok fresh/wind.wav' ] || fail "relink does not see the new file: $(cat out)"
sounds
show_stop
