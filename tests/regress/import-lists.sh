#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Lists of files become clips: M3U with its titles, CUE sheets with a clip a track; titles and markers of files become those of clips.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

command -v python3 >/dev/null || skip "no python3"
mkdir -p show/media/sub far
printf 'format = "ORP2026A";\ntabs = ( { rows = 2; columns = 8; } );\n' >show/show.orp
python3 - <<'END'
import struct
def chunk(name, data):
    return name + struct.pack('<I', len(data)) + data + b'\0' * (len(data) % 2)
def wav(path, seconds, title='', markers=()):
    cues = struct.pack('<I', len(markers)) + b''.join(
        struct.pack('<II4sIII', i + 1, 1000 * (i + 1), b'data', 0, 0, 1000 * (i + 1)) for i in range(len(markers)))
    labels = b''.join(chunk(b'labl', struct.pack('<I', i + 1) + name.encode() + b'\0') for i, name in enumerate(markers))
    parts = chunk(b'fmt ', struct.pack('<HHIIHH', 1, 1, 44100, 88200, 2, 16)) + chunk(b'data', bytes(88200 * seconds))
    if markers:
        parts += chunk(b'cue ', cues) + chunk(b'LIST', b'adtl' + labels)
    if title:
        parts += chunk(b'LIST', b'INFO' + chunk(b'INAM', title.encode() + b'\0'))
    open(path, 'wb').write(chunk(b'RIFF', b'WAVE' + parts))
wav('show/media/plain.wav', 1)
wav('show/media/titled.wav', 1, 'A "title" of its own')
wav('show/media/marked.wav', 1, '', ['one', 'two'])
wav('show/media/sub/many.wav', 1, '', ['a', 'b', 'c', 'd', 'e', 'f'])
wav('show/media/album.wav', 8, 'The album')
wav('far/disc.wav', 8)
END

# What files say of themselves.
expect 0 clipgrid import show/show.orp show/media/plain.wav show/media/titled.wav show/media/marked.wav show/media/sub
expect_out '4 clips; 2 markers left out, a clip has the first 4'
show_start show/show.orp
expect 0 ctl get 1/1/1 name
expect_out 'ok plain'
expect 0 ctl get 1/1/2 name
expect_out 'ok A "title" of its own'
expect 0 ctl get 1/1/3 markers
expect_out 'ok ( { name = "one"; at = 1000; }, { name = "two"; at = 2000; } )'
expect 0 ctl get 1/1/4 markers
expect_out 'ok ( { name = "a"; at = 1000; }, { name = "b"; at = 2000; }, { name = "c"; at = 3000; }, { name = "d"; at = 4000; } )'

# A CUE sheet: a clip a track, in frames of the file; its own titles, not the file's.
printf 'TITLE "Album"\nFILE "album.wav" WAVE\n  TRACK 01 AUDIO\n    TITLE "First"\n    INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    TITLE "Second"\n    INDEX 00 00:02:37\n    INDEX 01 00:03:01\n  TRACK 03 AUDIO\n    INDEX 01 00:06:00\n' >show/media/album.cue
expect 0 ctl import album.cue 1/2/1
expect_out 'ok 3 clips'
clip() { expect 0 ctl get "$1" "$2"; expect_out "ok${3:+ $3}"; }
clip 1/2/1 name First
clip 1/2/1 out 109956
clip 1/2/2 name Second
clip 1/2/2 in 132888
clip 1/2/2 out 264600
clip 1/2/3 name album
clip 1/2/3 in 264600
expect 0 ctl undo
expect 1 ctl get 1/2/1

# An M3U list, its files from elsewhere too; tracks of one file are copied once.
printf '\357\273\277#EXTM3U\r\n#EXTINF:1,Rain \303\244\r\nplain.wav\r\n\r\n# nothing\r\nsub/many.wav\r\n' >show/media/list.m3u8
expect 0 ctl import list.m3u8
expect_out 'ok 2 clips; 2 markers left out, a clip has the first 4'
clip 1/1/5 name 'Rain ä'
clip 1/1/6 name many
printf 'FILE "disc.wav" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    INDEX 01 00:04:00\n' >far/disc.cue
expect 1 ctl import "$work/far/disc.cue"
grep -q 'import with --copy' out || fail "no way is said: $(cat out)"
expect 0 ctl import --copy "$work/far/disc.cue"
clip 1/1/7 file disc.wav
clip 1/1/8 file disc.wav
clip 1/1/8 in 176400
cmp far/disc.wav show/media/disc.wav || fail "no copy"
[ ! -e show/media/disc-2.wav ] || fail "copied twice"

# What a list names and is not there, and a sheet that is none: the line is named, nothing is changed.
cp show/show.orp before.orp
refused() { expect 1 ctl import "$1"; grep -q "$2" out || fail "not '$2': $(cat out)"; }
printf 'plain.wav\nabsent.wav\n' >show/media/bad.m3u
refused bad.m3u 'bad.m3u:2: .*absent.wav: no such file'
printf '../../far/disc.wav\n' >show/media/up.m3u
refused up.m3u 'import with --copy'
printf 'list.m3u8\n' >show/media/self.m3u
refused self.m3u 'list.m3u8'
printf 'FILE "album.wav" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:99:99\n' >show/media/bad.cue
refused bad.cue 'bad.cue:3'
printf 'FILE "album.wav" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 09:00:00\n' >show/media/long.cue
refused long.cue 'begins behind its end'
expect 1 ctl get 1/2/1
show_stop
