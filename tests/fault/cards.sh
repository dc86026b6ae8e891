# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# What scripts about sound cards share, after tests/fault/lib.sh: the scripted card of tests/lab, whose files are in memory, and
# faults by the thousand on many such cards at once (cardfaults.c).
# shellcheck disable=SC2154  # TOP, TOOLS and work are lib.sh's

[ -r /usr/share/alsa/alsa.conf ] || skip "no /usr/share/alsa/alsa.conf: apt-get install libasound2-data"
memory=/dev/shm
[ -w $memory ] || memory=$work
out=$(mktemp -d "$memory/clipgrid-cards.XXXXXX")
end_cards() { code=$?; rm -rf "$out"; (exit "$code"); end_fault; }
trap end_cards EXIT
ALSA_CONFIG_PATH=$TOP/tests/lab/alsa/fault.conf
FAULTPCM_LIB=$TOOLS/../lab/faultpcm/libasound_module_pcm_fault.so
[ -e "$FAULTPCM_LIB" ] || skip "the scripted card was not built"
export ALSA_CONFIG_PATH FAULTPCM_LIB

# judge NAME: the lines of cardfaults. Nothing may be out of its place, nor sound wrong. In time are 99 of 100, for a machine that
# others use stops the player now and then; on a second try if need be.
judge() {
    late=0
    while read -r what count lost p50 p99 max unit; do
        figures "$1, $what" "$count" "$lost" "$p50" "$p99" "$max" "$unit"
        case $what in
            place | wrong) [ "$lost" = 0 ] || fail "$1, $what: $lost of $count are not as without the fault" ;;
            *) [ $((lost * 100)) -le "$count" ] || late=1 ;;
        esac
    done <"$work/cards"
}
# cards NAME KIND FAULTS CARDS
cards() {
    for try in 1 2; do
        "$TOOLS/../fault/cardfaults" "$2" "$3" "$4" "$out" >"$work/cards" || fail "$1: not all cards came to their end"
        judge "$1"
        [ $late = 0 ] || { echo "$1: too late too often at try $try"; continue; }
        return 0
    done
    fail "$1: not in time"
}
# numbered_show: a clip "number" that loops and whose samples number its frames, for places.py.
numbered_show() {
    mkdir -p show/media
    python3 - show/media/number.wav <<'END'
import struct, sys
count = 1 << 20                                         # frame n has the number n + 4096, of 24 bits
body = bytearray()
for n in range(count):
    body += (n + 4096).to_bytes(3, "little") * 2
with open(sys.argv[1], "wb") as f:
    f.write(b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, 48000, 288000, 6, 24)
            + b"data" + struct.pack("<I", len(body)) + body)
END
    echo 'format = "ORP2026A"; tabs = ( { rows = 1; columns = 1; clips = (
{ id = "number"; row = 1; column = 1; mode = "loop"; file = "number.wav"; } ); } );' >show/show.orp
}
# tone_show: a clip "tone" that loops: a sine of 997 Hz.
tone_show() {
    mkdir -p show/media
    python3 - show/media/tone.wav <<'END'
import math, struct, sys
count = 48000                                           # 997 whole periods: it loops without a seam
body = b"".join(struct.pack("<hh", *[round(16000 * math.sin(2 * math.pi * 997 * n / count))] * 2) for n in range(count))
with open(sys.argv[1], "wb") as f:
    f.write(b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, 48000, 192000, 4, 16)
            + b"data" + struct.pack("<I", len(body)) + body)
END
    echo 'format = "ORP2026A"; tabs = ( { rows = 1; columns = 1; clips = (
{ id = "tone"; row = 1; column = 1; mode = "loop"; file = "tone.wav"; } ); } );' >show/show.orp
}
