#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The catalogue of media, locked for LOCKED (4; 60) seconds by another program (FAULTS 32), damaged (tests/library/test_catalog.c turns
# a bit in each of its pages), no database at all, or of a newer clipgrid (33): the show starts, plays and answers meanwhile; what it learned
# is in the catalogue afterwards; a damaged one is put aside byte for byte, a newer one is not changed.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/fault/lib.sh"
need python3

mkdir media
noise media/ref.wav 1 1
noise media/tick.wav 0.1 2
noise media/late.wav 1 3
session show.orp late
db=cache/clipgrid/catalogue.sqlite
rows() {
    python3 - "$db" <<'END'
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], timeout=10)
print(c.execute("select count(*) from media where frames > 0").fetchone()[0], c.execute("pragma integrity_check").fetchone()[0])
END
}
has_rows() { case "$(rows 2>/dev/null)" in [34]" ok") true ;; *) false ;; esac; }
plays() {
    wait_until 30 is_loaded || fail "$1: the media are not loaded"
    expect 0 ctl press t1
    answered "$1"
}

# --- locked ---

mkdir -p cache/clipgrid
show_start show.orp
wait_until 30 is_loaded || fail "the media are not loaded"
wait_until 10 has_rows || fail "the catalogue has not got the media: $(rows)"
lock_catalogue "$db" "${LOCKED:-$(count 4 60)}"
noise media/new.wav 1 4
expect 0 ctl load new.wav 1/4/1
plays "the catalogue is locked"
expect 0 ctl press 1/4/1
wait "$locker"             # lib.sh's
has_four() { [ "$(rows)" = "4 ok" ]; }
wait_until 10 has_four || fail "what was learned while it was locked is not in the catalogue: $(rows)"
expect 0 ctl undo
show_stop
figures "rows learned while the catalogue is locked" 1 0 - - - -

# --- damaged ---

damaged() {
    cp "$db" as_it_was
    show_start show.orp
    plays "the catalogue is $1"
    show_stop
    cmp -s as_it_was "$db" && fail "the catalogue that is $1 is used"
    found=0
    for aside in "$db".*-*; do
        case $aside in *-wal | *-shm) continue ;; esac
        ! cmp -s as_it_was "$aside" || found=1
    done
    [ $found = 1 ] || fail "the catalogue that is $1 is not kept byte for byte: $(ls cache/clipgrid)"
    wait_until 5 has_rows || fail "there is no new catalogue: $(rows)"
    rm -f "$db".*-*
}
cp "$db" sound
printf 'X' | dd of="$db" conv=notrunc 2>/dev/null
rm -f "$db"-*
damaged damaged
echo 'no database' >"$db"
rm -f "$db"-*
damaged "no database"
figures "damaged catalogues" 2 0 - - - -

# --- of a newer clipgrid, and read-only ---

cp sound "$db"
rm -f "$db"-*
python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("pragma journal_mode = delete"); c.execute("pragma user_version = 99"); c.commit()' "$db"
cp "$db" as_it_was
show_start show.orp
plays "the catalogue is of a newer clipgrid"
show_stop
cmp as_it_was "$db" || fail "a newer catalogue has changed"
figures "a catalogue of a newer clipgrid" 1 0 - - - -
