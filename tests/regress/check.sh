#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `clipgrid check` finds what is wrong with media that look whole, tells once what has changed, and asks no device of a show that runs.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

demo
mkdir media
cp demo/media/rain.wav media/1.wav
cp demo/media/knock.wav media/2.wav
head='format = "ORP2026A"; name = "x";'
cell() { echo "{ row = 1; column = $1; id = \"c$1\"; file = \"$2\"; }"; }
echo "$head tabs = ( { clips = ( $(cell 1 1.wav), $(cell 2 2.wav) ); } );" >show.orp
look() { expect "$1" clipgrid check --device clock show.orp --json; }

# All is well; and again, from the peaks that the first look kept.
look 0
look 0
same "media without a title" "$("$TOOLS/jsonq" rights.without.title <out)" 2
case $("$TOOLS/jsonq" clock.synchronised <out) in true | false) ;; *) fail "nothing is said of the clock" ;; esac

# Another sound under the name of one that a show has had: said once.
show_start show.orp
wait_until 20 is_loaded || fail "loading never ends"
show_stop
cp demo/media/wind.wav media/2.wav
look 1
grep -q '2.wav.*another one than a show last had' out || fail "a changed file is not told"
look 0

# A file whose header is right and whose middle is not.
if command -v flac >/dev/null; then
    flac --silent -o media/3.flac media/1.wav
    size=$(stat -c %s media/3.flac)
    dd if=/dev/zero of=media/3.flac bs=1 seek=$((size / 2)) count=$((size / 4)) conv=notrunc 2>/dev/null
    echo "$head tabs = ( { clips = ( $(cell 1 1.wav), $(cell 3 3.flac) ); } );" >show.orp
    clipgrid check --device clock show.orp --json >out && fail "a broken file is fit"
    grep -qE '3.flac.*(does not decode to its end|its sound ends after)' out || fail "a broken middle is not found: $(cat out)"
fi

# The card of a show that runs is left alone.
echo "$head tabs = ( { clips = ( $(cell 1 1.wav) ); } );" >show.orp
show_start show.orp
clipgrid check --device hw:none show.orp >out && status=0 || status=$?
same "status beside a show" "$status" 0
grep -q "a show runs on" out || fail "the running show is not told"
show_stop
expect 1 clipgrid check --device hw:none show.orp
