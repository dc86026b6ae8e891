#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A recording that is edited by more than command lines, grows too long, or becomes another show's is played again sample for sample
# (SPEC L1, L5): with all that can be undone in it, also what was edited before it began anew and before a save in another folder.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"
. "$TOP/tests/regress/recorded.sh"

cp "$(find first -name '*.wav' | sort | head -n 1)" more.wav
echo 'load_ceiling = 0; flight_mb = 4;' >"$XDG_CONFIG_HOME/clipgrid/clipgrid.conf"
recordings() { find "$state/flight" -name '*.flight' | wc -l; }
has_recordings() { [ "$(recordings)" = "$1" ]; }

# What long work on media changes, and a backup, are edits of the same recording, also while something sounds.
edits() {
    play "set 1/1/1 gain -20" save "press 1/1/1" "press 1/1/2"
    expect 0 ctl import --copy "$work/more.wav"
    play "press 1/1/7" "set 1/1/7 gain -3" undo undo redo "press 1/1/7" "restore 1" "press 1/2/1" undo "set 1/1/2 gain -9" "press 1/1/1"
    same "recordings" "$(recordings)" 1
    late=$(json xruns)
    show_stop
}
judged "edits that no line made" edits
show_has() { grep -q "\"kind\":\"edit\",\"text\":\"$1" "$state/log/technical.jsonl"; }
show_has import || fail "the technical log does not tell of the import"
show_has restore || fail "the technical log does not tell of the backup"

# lines COUNT: so many edits of 4 KB, as of long notes; as many at once as may wait for the disk.
lines() {
    note=$(head -c 4000 /dev/zero | tr '\0' n)
    seq "$1" | sed "s/.*/set 1\/1\/1 notes $note&/" >notes
    split -l 100 notes notes.
    for part in notes.*; do
        "$CLIPGRID" ctl <"$part" >answers || fail "a note is refused: $(grep -v ^ok answers | head -n 1)"
    done
    rm notes.*
}
undone() {
    yes undo | head -n "$1" >undos
    "$CLIPGRID" ctl <undos >answers || fail "an undo is refused: $(grep -v ^ok answers | head -n 1)"
}

# fill: what is done and heard as little, until the recording is too long.
fill() {
    awk 'BEGIN { for (i = 0; i < 9000; i++) print "mute group:D on\nmute group:D off" }' >mutes
    "$CLIPGRID" ctl <mutes >answers || fail "a mute is refused"
}

# Behind 1,600 edits the journal has been made shorter, and the show was saved in another folder: what can be undone still can be.
grows_in_silence() {
    play "set 1/1/1 gain -20" "set 1/1/2 gain -15"
    mkdir -p elsewhere
    expect 0 ctl save! "$work/elsewhere/show.orp"
    play "$@"
    lines 290
    wait_until 5 has_recordings 2 || fail "the recording does not begin anew"
    play "press 1/1/1" "press 1/1/2"
    undone $((290 + undos))
    play "press 1/1/2" undo undo "press 1/1/2" redo "press 1/2/1"
    late=$(json xruns)
    show_stop
}
undos=0
judged "undo of what was saved elsewhere before the recording" grows_in_silence
in_a_long_journal() {
    seq 840 | sed 's/^/set show name n/' >names
    "$CLIPGRID" ctl <names >answers || fail "an edit is refused"
    seq 1 700 | sed 's/.*/undo/' >names
    "$CLIPGRID" ctl <names >answers || fail "an undo is refused"
    undos=140
    grows_in_silence "set 1/1/1 notes x" undo
}
judged "undo of what a journal kept that was made shorter" in_a_long_journal

# What never is silent goes on in the next recording, and that in the next.
grows_in_sound() {
    play "press 1/1/1" "press 1/1/2" "fade 1/1/2 -6 1"
    fill
    wait_until 15 has_recordings 2 || fail "the recording does not begin anew while it sounds"
    play "press 1/2/1" "set 1/1/1 gain -3" undo "stop 1/1/1" "gain 1/1/2 -4"
    fill
    wait_until 15 has_recordings 3 || fail "the recording does not begin anew again"
    play "press 1/1/1" "set 1/1/1 gain -3"
    late=$(json xruns)
    show_stop
}
judged "what sounds in three recordings" grows_in_sound
expect 0 clipgrid replay
same "recordings that are listed" "$(grep -c '[.]flight$' out)" 3

is_silent() { [ "$(json voices.#)" = 0 ]; }
# Another show has a recording of its own, from its first clip on.
opens_another() {
    cp -r first second
    play "press 1/1/1" "press 1/1/2"
    expect 0 ctl open! "$work/second/demo.orp"
    wait_until 5 is_silent || fail "the show before does not fade"      # of which the recording does not tell
    expect 0 ctl press 1/1/3
    play "press 1/1/1" "set 1/1/1 gain -3" "press 1/2/1" undo "press 1/1/3"
    same "recordings" "$(recordings)" 2
    late=$(json xruns)
    show_stop
}
# The other show begins in live.wav where again.wav does.
is_there() {
    again=$("$TOOLS/wavq" first again.wav 0 0 -1)
    [ "$again" -ge 0 ] || return 1
    { head -c 128 again.wav; tail -c +$((129 + again * 40)) again.wav; } >from.wav
    place=$("$TOOLS/wavq" find live.wav 0 from.wav 0 2000)
    count=$(($("$TOOLS/wavq" info from.wav | cut -d ' ' -f 1)))
    other=$(($("$TOOLS/wavq" info live.wav | cut -d ' ' -f 1) - place))
    [ "$other" -ge "$count" ] || count=$other
    [ "$place" -ge 0 ] && [ "$count" -gt 24000 ] && [ "$("$TOOLS/wavq" diff live.wav 0 "$place" from.wav 0 0 "$count")" = 0 ]
}
for try in 1 2 3; do
    begin
    opens_another
    replayed
    ! is_there || break
    [ "$try" != 3 ] || fail "not what was heard: another show, with $late periods that came late"
done
