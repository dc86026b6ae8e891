#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The ways in which a missing medium is found: by its content, which is taken; by name and length and by its metadata, which are
# offered, each with its likeness, and taken when a person says so. Whoever takes one is offered its neighbours. Edits, markers
# and fades survive all of it, its undoing, and a restart. FAULTS row 10: never a wrong file silently.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

command -v python3 >/dev/null || skip "no python3"
mkdir -p show/media/set far
# wav FILE SEED TITLE ISRC: one second of noise of this seed, with metadata if a title is given.
cat >wav.py <<'END'
import random, struct, sys
path, seed, title, isrc = sys.argv[1:5]
def chunk(name, data):
    return name + struct.pack('<I', len(data)) + data + b'\0' * (len(data) % 2)
def frame(name, text):
    body = b'\3' + text.encode()
    return name + struct.pack('>IH', len(body), 0) + body
sound = random.Random(seed).randbytes(8000)
parts = chunk(b'fmt ', struct.pack('<HHIIHH', 1, 1, 8000, 8000, 1, 8)) + chunk(b'data', sound)
frames = (frame(b'TIT2', title) if title else b'') + (frame(b'TSRC', isrc) if isrc else b'')
if frames:
    size = len(frames)
    parts += chunk(b'id3 ', b'ID3\3\0\0' + bytes((size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127)) + frames)
open(path, 'wb').write(chunk(b'RIFF', b'WAVE' + parts))
END
wav() { python3 wav.py "$@"; }
wav show/media/set/opener.wav 1 "The Opener" QZ1230000001
wav show/media/set/second.wav 2 "Second" ""
wav show/media/set/third.wav 3 "" ""
wav show/media/plain.wav 4 "" ""
cat >show/show.orp <<'END'
format = "ORP2026A";
tabs = ( { clips = (
    { row = 1; column = 1; id = "a"; name = "Named"; file = "set/opener.wav"; gain = -3.0; fade_in = 0.5; fade_out = 2.0;
      fade_out_curve = "linear"; in = 10; out = 7000; markers = ( { name = "m"; at = 5; }, { name = "n"; at = 4000; } ); },
    { row = 1; column = 2; id = "b"; file = "set/second.wav"; in = 100; },
    { row = 1; column = 3; id = "c"; file = "set/third.wav"; pan = 0.5; },
    { row = 1; column = 4; id = "d"; file = "plain.wav"; loops = 3; mode = "loop"; } ); } );
END

# all CLIP: everything but its file.
all() { ctl get "$1" | sed 's/^ok //; s/\\n/\n/g' | grep -v '^file = '; }
# kept: what clips were before any file moved, they are still.
kept() { for id in a b c d; do all $id >now.$id; cmp -s before.$id now.$id || fail "clip $id has changed: $(diff before.$id now.$id)"; done; }
# file CLIP WANTED
file() { same "the file of $1" "$(ctl get "$1" file)" "ok $2"; }

echo 'background_load = 100;' >>config/clipgrid/clipgrid.conf     # a busy machine learns too
show_start show/show.orp
wait_until 20 is_loaded || fail "the media do not load"
for id in a b c d; do all $id >before.$id; done
grep -q 'n' before.a || fail "the clip says nothing of itself"
# What the show learns in the background: hashes and metadata of all four, seen by a relink that finds them all.
learned() {
    mv show/media/set show/media/tried
    mv show/media/plain.wav show/media/tried.wav
    found=$(ctl relink)
    mv show/media/tried show/media/set
    mv show/media/tried.wav show/media/plain.wav
    case $found in 'ok 4 missing files: 4 found'*) ctl undo >/dev/null ;; *) ctl undo >/dev/null 2>&1; return 1 ;; esac
}
wait_until 60 learned || fail "the show does not learn the content of its media: $found"
kept

# --- by content: moved and renamed, among others of the same name and of the same length ---

mkdir show/media/new show/media/decoy
mv show/media/set/opener.wav "show/media/new/first of all.wav"
wav show/media/decoy/opener.wav 11 "The Opener" QZ1230000001
expect 0 ctl relink
expect_out 'ok 1 missing file: 1 found'
file a "new/first of all.wav"
kept
expect 0 ctl undo
file a set/opener.wav
kept
expect 0 ctl redo
file a "new/first of all.wav"
kept
# Two files of that content: the one whose path ends as the lost one's did.
mkdir -p show/media/copies/set
cp "show/media/new/first of all.wav" show/media/copies/set/opener.wav
expect 0 ctl undo
expect 0 ctl relink a
file a copies/set/opener.wav
expect 0 ctl undo
rm -r show/media/copies show/media/decoy

# --- its content is nowhere: all that is like it is offered, the likelier first, and nothing is taken ---

rm -r show/media/new
mkdir show/media/b1 show/media/b2
wav show/media/b1/opener.wav 21 "The Opener" QZ1230000001
wav "show/media/b2/same code.wav" 22 "Other words" QZ1230000001
wav "show/media/b2/same words.wav" 23 "The Opener" QZ1230000009
wav show/media/b2/opener.wav 24 "Another" ""
wav "show/media/b2/none of it.wav" 25 "" ""
expect 0 ctl relink
expect_out 'ok 1 missing file: 0 found, 1 with candidates: relink CLIP NUMBER takes one
a set/opener.wav: 1: b1/opener.wav (same name and length, other content)
a set/opener.wav: 2: b2/same code.wav (same ISRC)
a set/opener.wav: 3: b2/same words.wav (same title)
a set/opener.wav: 4: b2/opener.wav (same name, other length)'
file a set/opener.wav
expect 1 ctl relink a 5
expect 1 ctl relink b 1
expect 1 ctl relink neighbours
file a set/opener.wav
expect 0 ctl relink a 3
file a "b2/same words.wav"
kept
expect 0 ctl undo
file a set/opener.wav
# What was offered is what is taken, also when other files have come meanwhile.
expect 0 ctl relink
wav show/media/b1/early.wav 26 "The Opener" QZ1230000001
expect 0 ctl relink a 3
file a "b2/same words.wav"
expect 0 ctl undo
# A candidate that is none.
rm show/media/b1/early.wav
expect 0 ctl relink
echo "no sound" >"show/media/b2/opener.wav"
expect 1 ctl relink a 4
file a set/opener.wav
rm -r show/media/b1 show/media/b2

# --- metadata of files that no show has used, in a folder that is named: told, and copied when a person says so ---

wav "far/remaster.wav" 31 "The Opener" ""
wav "far/unlike.wav" 32 "Unlike" ""
expect 0 ctl relink "$work/far"
expect_out "ok 1 missing file: 0 found, 1 with candidates: relink CLIP NUMBER takes one
a set/opener.wav: 1: $work/far/remaster.wav (same title)"
expect 1 ctl relink a 1
grep -q 'relink --copy' out || fail "no way is said: $(cat out)"
file a set/opener.wav
expect 0 ctl relink --copy a 1
cmp far/remaster.wav show/media/set/opener.wav || fail "it is not copied to where it was missing"
file a set/opener.wav
kept
rm show/media/set/opener.wav

# --- relinking one offers its neighbours, however it is relinked ---

mv show/media/set show/media/moved
wav show/media/moved/opener.wav 41 "" ""
expect 0 ctl relink a
expect_out 'ok 1 missing file: 0 found, 1 with candidates: relink CLIP NUMBER takes one
a set/opener.wav: 1: moved/opener.wav (same name, other length)'
expect 0 ctl relink a 1
expect_out 'ok set/opener.wav: moved/opener.wav; 2 neighbours went the same way: relink neighbours takes them
b set/second.wav: 1: moved/second.wav
c set/third.wav: 1: moved/third.wav'
file b set/second.wav
expect 0 ctl relink neighbours
file b moved/second.wav
file c moved/third.wav
kept
expect 0 ctl undo
file a moved/opener.wav
file b set/second.wav
expect 0 ctl redo
expect 1 ctl relink neighbours
kept

# --- over a restart, and undone after it ---

kill -9 "$(pid_of engine)" "$(pid_of store)"
wait_until 20 answers || fail "the show does not come back"
for clip in 'a moved/opener.wav' 'b moved/second.wav' 'c moved/third.wav' 'd plain.wav'; do file ${clip}; done
kept
kill "$show_pid"
wait "$show_pid" || true
show_start show/show.orp
for clip in 'a moved/opener.wav' 'b moved/second.wav' 'c moved/third.wav' 'd plain.wav'; do file ${clip}; done
kept
wait_until 20 is_loaded || fail "what was relinked does not load"
expect 0 ctl press a
expect 0 ctl save
show_stop
for text in 'gain = -3.0' 'fade_in = 0.5' 'fade_out = 2.0' 'in = 10' 'out = 7000' 'at = 4000' 'file = "moved/opener.wav"'; do
    grep -q "$text" show/show.orp || fail "lost by saving: $text"
done

# --- the same of a show that lies on the disk ---

# Its media are learned anew under their new names: a show does that when it has time, this at once.
expect 0 clipgrid peaks show/show.orp
mv show/media/moved show/media/away
rm show/media/away/opener.wav
wav show/media/away/opener.wav 51 "" ""
expect 0 clipgrid relink show/show.orp --clip a --take 1
expect_out 'moved/opener.wav: away/opener.wav; 2 neighbours went the same way: relink neighbours takes them
b moved/second.wav: 1: away/second.wav
c moved/third.wav: 1: away/third.wav'
expect 0 clipgrid relink show/show.orp
expect_out '2 missing files: 2 found'
