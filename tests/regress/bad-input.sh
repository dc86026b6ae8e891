#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Bad sessions, media and scripts: one clear line each, the right exit status, nothing lost, nothing half done.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

clipgrid demo good >/dev/null
cp good/demo.orp before.orp
: >script

# --- sessions ---

# session NAME SAID: NAME.orp is refused by every call that reads one, and nothing is changed or made beside it.
session() {
    sum=$(ls -l "$1".orp 2>&1 || true)
    for call in "run --device clock" "--device clock" "render --commands script --out out.wav"; do
        # shellcheck disable=SC2086  # words
        expect 1 timeout 20 "$CLIPGRID" $call "$1.orp"
        expect_err "$1.orp$2"
    done
    expect 2 timeout 20 "$CLIPGRID" check --device clock "$1.orp"
    grep -qF "$1.orp$2" out || fail "check does not say '$1.orp$2'"
    same "the file" "$(ls -l "$1".orp 2>&1 || true)" "$sum"
    [ ! -e out.wav ] || fail "an output file is left"
}
# written TEXT: what written.orp holds; then as session.
written() {
    printf '%s\n' "$1" >written.orp
    session written "$2"
}
head='format = "ORP2026A";'

head -c 700 good/demo.orp >cut.orp
session cut ':29: the { of this line is never closed'
: >empty.orp
session empty ':1: not a clipgrid session'
head -c 5000 /dev/urandom >binary.orp
session binary ':'
{ echo "$head"; head -c 17000000 /dev/zero | tr '\0' ' '; } >huge.orp
session huge ': 17000021 bytes; a show has at most 16777216'
mkdir folder.orp
session folder ': is a folder'
mkfifo fifo.orp
session fifo ': is not a file of bytes'
ln -s /dev/zero zero.orp
session zero ': is not a file of bytes'
ln -s circle.orp circle.orp
session circle ': '
session absent ': no such show'
printf 'format = "ORP2026A";\nname = "a\0b";\n' >nul.orp
session nul ':2: '

written 'name = "x";' ':1: not a clipgrid session'
written 'format = "FLAC";' ':1: not a clipgrid session'
written 'format = "ORP2027A";' ':1: written by a newer clipgrid'
written 'format = "ORP2026B";' ':1: written by a newer clipgrid'
written "$head
@include \"good/demo.orp\"" ':2: @include is refused'
written "$head
tabs = 3;" ':2: tabs: '
written "$head
name = 5;" ':2: name: wants text'
written "$head
groups = ( { gain = 13.0; }, { }, { }, { } );" ':2: '
written "$head
tabs = ( { rows = 33; } );" ':2: rows 33: '
# cell PROPERTIES SAID: a clip of these is refused.
cell() {
    written "$head
tabs = ( { clips = ( { row = 1; column = 1; file = \"a.wav\"; $1 } ); } );" ":2: $2"
}
cell 'in = 5000000000;' '5000000000: '
cell 'in = 99999999999999999999L;' ''
cell 'in = -1;' ''
cell 'group = "E";' 'group '
cell 'mode = "sometimes";' 'mode '
cell 'pan = 1.01;' 'pan '
cell 'id = "no blanks";' 'id '
cell 'id = "press";' 'id press'
cell 'in = 10; out = 10;' ''
written "$head
tabs = ( { clips = ( { row = 1; column = 1; file = \"a.wav\"; },
{ row = 1; column = 1; file = \"b.wav\"; } ); } );" ':3: '
written "$head
tabs = ( { clips = ( { row = 1; column = 1; file = \"a.wav\"; id = \"a\"; },
{ row = 1; column = 2; file = \"b.wav\"; id = \"a\"; } ); } );" ':3: '

# 64-bit numbers with their L are fine, and integers where a float is wanted.
printf '%s\n' "$head" 'tabs = ( { clips = ( { row = 1; column = 1; file = "a.wav"; in = 5000000000L; gain = -3; } ); } );' >large.orp
expect 0 clipgrid render large.orp --commands script --out large.wav --seconds 0.01

# --- media ---

mkdir -p media/folder.wav
cp good/media/bell.wav media/good.wav
: >media/empty.wav
echo "Dear Sir or Madam" >media/letter.wav
head -c 100000 good/media/rain.wav >media/short.wav
head -c 60 good/media/rain.wav >media/stub.wav
head -c 30000 /dev/urandom >media/noise.wav
mkfifo media/fifo.wav
ln -s /dev/zero media/zero.wav
names="good missing empty folder letter short stub noise fifo zero"
column=0
for name in $names; do
    column=$((column + 1))
    echo "{ row = 1; column = $column; id = \"$name\"; file = \"$name.wav\"; },"
    echo "0 press $name" >>presses
done | sed '$s/,$//' >cells
{ echo "$head tabs = ( { clips = ("; cat cells; echo "); } );"; } >media.orp

bad="missing empty folder letter stub noise fifo zero"
expect 2 clipgrid check --device clock media.orp
for name in $bad; do grep -q "$name.wav: " out || fail "check is silent about $name.wav"; done
expect 1 clipgrid probe media/*.wav media/missing.wav
same "good files" "$(wc -l <out)" 2
for name in $bad; do same "lines about $name" "$(grep -c "^media/$name.wav: " err)" 1; done
expect 0 clipgrid render media.orp --commands presses --out out.wav
same "refusals" "$(wc -l <err)" 8
for name in $bad; do grep -q "^0 press $name: .*$name" err || fail "no refusal of $name"; done
rm out.wav

# A live show: the good ones play at once, the bad ones are refused in words, and a late file is no hindrance.
show_start media.orp
wait_until 20 is_loaded || fail "loading never ends"
for name in $bad; do
    expect 1 ctl press "$name"
    grep -q "^error refused .*$name" out || fail "$name is not refused in words"
done
expect 0 ctl press good
expect 0 ctl press short
same "good" "$(states good)" playing

# Files from a bad place, commands that are wrong, and lines that are too long or not text.
expect 1 ctl load ../../etc/passwd 2/1/1
expect 1 ctl open binary.orp
grep -q 'binary.orp' out || fail "open does not name the file"
expect 1 ctl save before.orp
same "the other show" "$(cmp before.orp good/demo.orp && echo untouched)" untouched
expect 1 ctl press
grep -q '^error usage' out || fail "press without a clip"
expect 1 ctl press good down up
expect 1 ctl fade good x 1
expect 1 ctl set good colour
expect 1 ctl set good in 12.5.1
head -c 5000 /dev/zero | tr '\0' 'a' >long
echo >>long
input=long
expect 1 ctl
printf 'press "good\n' >quote
input=quote
expect 1 ctl
input=/dev/null
head -c 3000 /dev/urandom | tr -d '\n' >junk
timeout 10 "$CLIPGRID" ctl <junk >out 2>&1 || true
same "the show after junk" "$(json voices.0.id)" good
show_stop

# --- scripts ---

# line TEXT SAID: a script whose second line this is: exit status 2, no output.
line() {
    printf '0 press good\n%s\n' "$1" >bad
    expect 2 clipgrid render media.orp --commands bad --out out.wav
    expect_err "bad:2: $2"
    [ ! -e out.wav ] || fail "an output file is left"
}
line 'press good' ''
line 'x press good' ''
line '-1 press good' ''
line '1' ''
line '1 frob' ''
line '1 press' ''
line '1 press "good' ''
line '99999999999999999999f press good' ''
printf '5 press good\n2 press good\n' >bad
expect 2 clipgrid render media.orp --commands bad --out out.wav
expect_err "bad:2: "
expect 1 clipgrid render media.orp --commands absent --out out.wav
expect_err "absent: "
expect 1 clipgrid render media.orp --commands /dev/zero --out out.wav
expect 1 clipgrid render media.orp --commands presses --out no/such/out.wav
printf '0 press k\n' >endless
printf '%s\n' "$head" 'tabs = ( { clips = ( { row = 1; column = 1; id = "k"; file = "good.wav"; mode = "loop"; } ); } );' >loop.orp
expect 1 clipgrid render loop.orp --commands endless --out out.wav
[ ! -e out.wav ] || fail "an output file is left of a script that never ends"
