#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Markers through import, end to end: broadcast WAV with cue points and their labels, cart timers, iXML sync points from the file's
# beginning and from midnight, CUE sheets, chapters of MP3, M4A, Opus and WMA. A clip has the first four from IN to OUT, on their
# frames; how many found no room is said.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

command -v python3 >/dev/null || skip "no python3"
mkdir -p show/media
python3 - <<'END'
import struct
def chunk(name, data):
    return name + struct.pack('<I', len(data)) + data + b'\0' * (len(data) % 2)
def wav(name, *parts, seconds=2):
    head = chunk(b'fmt ', struct.pack('<HHIIHH', 1, 1, 48000, 96000, 2, 16))
    open('show/media/' + name, 'wb').write(chunk(b'RIFF', b'WAVE' + b''.join(parts[:1]) + head + chunk(b'data', bytes(96000 * seconds)) + b''.join(parts[1:])))
def bext(reference):
    return chunk(b'bext', struct.pack('<256s32s32s10s8sQH254s', b'Said by bext', b'Recorder', b'REF1', b'2026-11-22', b'10:00:00', reference, 1, b''))
def cues(*points):
    cue = struct.pack('<I', len(points)) + b''.join(struct.pack('<II4sIII', i + 1, at, b'data', 0, 0, at) for i, (at, _) in enumerate(points))
    adtl = b'adtl' + b''.join(chunk(b'labl', struct.pack('<I', i + 1) + name + b'\0') for i, (_, name) in enumerate(points) if name)
    return chunk(b'cue ', cue) + chunk(b'LIST', adtl)
def cart(title, *timers):
    fixed = struct.pack('<4s64s', b'0101', title) + bytes(680 - 68) + struct.pack('<i', 32768)
    times = b''.join(struct.pack('<4sI', word, at) for word, at in timers) + bytes(8 * (8 - len(timers)))
    return chunk(b'cart', fixed + times + bytes(2048 - 684 - 64))
def point(kind, at, name):
    return ('<SYNC_POINT><SYNC_POINT_TYPE>%s</SYNC_POINT_TYPE><SYNC_POINT_COMMENT>%s</SYNC_POINT_COMMENT><SYNC_POINT_LOW>%d</SYNC_POINT_LOW>'
            '<SYNC_POINT_HIGH>%d</SYNC_POINT_HIGH></SYNC_POINT>' % (kind, name, at & 0xffffffff, at >> 32))
def ixml(*points):
    return chunk(b'iXML', ('<?xml version="1.0"?><BWFXML><SCENE>4</SCENE><SYNC_POINT_LIST>' + ''.join(points) + '</SYNC_POINT_LIST></BWFXML>').encode())
midnight = 6000000000
wav('bwf.wav', bext(midnight), cues((48000, b'Verse'), (4800, 'Tür'.encode()), (90000, b'')))
wav('cart.wav', b'', cart(b'Spot 12', (b'SEC1', 24000), (b'EOD ', 95000), (b'    ', 1), (b'MRK1', 0xffffffff)))
wav('ixml.wav', bext(midnight), ixml(point('RELATIVE', 100, 'clap'), point('ABSOLUTE', midnight + 5000, 'absolute'), point('ABSOLUTE', 7, 'yesterday')))
wav('all.wav', bext(0), cart(b'All', (b'INTe', 30000)), cues((10000, b'one'), (50000, b'four')), ixml(point('RELATIVE', 40000, 'three')))
wav('many.wav', b'', cues((70000, b'f'), (10000, b'a'), (60000, b'e'), (30000, b'c'), (20000, b'b'), (40000, b'd'), (96000, b'behind the end')))
wav('album.wav', b'', cues((1000, b'in one'), (200000, b'in two'), (300000, b'too')), seconds=8)
END
printf 'format = "ORP2026A";\ntabs = ( { rows = 4; columns = 8; } );\n' >show/show.orp
show_start show/show.orp
# markers CLIP WANTED
markers() { expect 0 ctl get "$1" markers; expect_out "ok${2:+ ( $2 )}"; }

expect 0 ctl import bwf.wav cart.wav ixml.wav all.wav many.wav
expect_out 'ok 5 clips; 2 markers left out, a clip has the first 4'
markers 1/1/1 '{ name = "Tür"; at = 4800; }, { name = "Verse"; at = 48000; }, { name = ""; at = 90000; }'
markers 1/1/2 '{ name = "SEC1"; at = 24000; }, { name = "EOD"; at = 95000; }'
expect 0 ctl get 1/1/2 name
expect_out 'ok Spot 12'
markers 1/1/3 '{ name = "clap"; at = 100; }, { name = "absolute"; at = 5000; }'
markers 1/1/4 '{ name = "one"; at = 10000; }, { name = "INTe"; at = 30000; }, { name = "three"; at = 40000; }, { name = "four"; at = 50000; }'
markers 1/1/5 '{ name = "a"; at = 10000; }, { name = "b"; at = 20000; }, { name = "c"; at = 30000; }, { name = "d"; at = 40000; }'

# A CUE sheet: its later indexes and the file's own markers, each with the track it lies in.
printf 'FILE "album.wav" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n    INDEX 02 00:01:00\n    INDEX 03 00:02:00\n  TRACK 02 AUDIO\n    INDEX 00 00:03:70\n    INDEX 01 00:04:00\n    INDEX 02 00:05:15\n  TRACK 03 AUDIO\n    INDEX 01 00:06:00\n' >show/media/album.cue
expect 0 ctl import album.cue 1/2/1
expect_out 'ok 3 clips'
markers 1/2/1 '{ name = "in one"; at = 1000; }, { name = "Index 2"; at = 48000; }, { name = "Index 3"; at = 96000; }'
markers 1/2/2 '{ name = "in two"; at = 200000; }, { name = "Index 2"; at = 249600; }'
markers 1/2/3 '{ name = "too"; at = 300000; }'

# They are the clips' own from now on: played from, edited, saved, undone.
wait_until 20 is_loaded || fail "the media do not load"
expect 0 ctl play 1/1/1 marker 2
expect 0 ctl save
grep -q 'name = "Tür"; at = 4800;' show/show.orp || fail "the markers are not saved"
expect 0 ctl undo
expect 1 ctl get 1/2/1
expect 0 ctl redo
markers 1/2/3 '{ name = "too"; at = 300000; }'

# Chapters, as a real writer puts them into every format it knows; who lacks it, or FFmpeg's libraries, sees no more.
command -v ffmpeg >/dev/null || { echo "passed over: no ffmpeg here"; show_stop; exit 0; }
cat >chapters.txt <<'END'
;FFMETADATA1
title=The Piece
[CHAPTER]
TIMEBASE=1/1000
START=0
END=1500
title=Begin
[CHAPTER]
TIMEBASE=1/1000
START=1500
END=4000
title=Schluß
END
# chapters FILE CELL BEGIN SECOND
chapters() {
    ffmpeg -v error -nostdin -y -f lavfi -i sine=500:r=48000:d=4 -i chapters.txt -map 0:a -map_metadata 1 -map_chapters 1 "show/media/$1" 2>err ||
        { echo "passed over: ffmpeg here does not write $1"; return 0; }
    clipgrid probe "show/media/$1" >probed 2>&1 || { grep -q 'ffmpeg' probed && { echo "passed over: $1: $(cat probed)"; return 0; }; }
    expect 0 ctl import "$1" "$2"
    markers "$2" "{ name = \"Begin\"; at = $3; }, { name = \"Schluß\"; at = $4; }"
    expect 0 ctl get "$2" name
    expect_out 'ok The Piece'
}
chapters a.mp3 1/3/1 0 72000
chapters a.m4a 1/3/2 0 72000
chapters a.wma 1/3/3 0 72000
show_stop
