#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What probe says of a file that says things of itself, an escape sequence among them.
. "${TOP:-$(dirname "$0")/../..}/tests/regress/lib.sh"

{
    printf 'RIFF\170\000\000\000WAVEfmt \020\000\000\000\001\000\001\000\100\037\000\000\200\076\000\000\002\000\020\000'
    printf 'data\020\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000'
    printf 'LIST\030\000\000\000INFOINAM\013\000\000\000Ti\033[2Jtle"\000\000'
    printf 'cue \034\000\000\000\001\000\000\000\001\000\000\000\000\000\000\000data\000\000\000\000\000\000\000\000\003\000\000\000'
} >tagged.wav

expect 0 clipgrid probe tagged.wav
same "what probe says" "$(cat out)" 'tagged.wav: WAV, 16 bit, 8000 Hz, 1 channel, 8 frames, 0.001 s; title "Ti[2Jtle\""; marker 3f ""'
expect 0 clipgrid probe --json tagged.wav
for question in 'frames 8' 'tags.title Ti[2Jtle\"' 'markers.# 1' 'markers.0.frame 3' 'markers.0.source cue'; do
    same "${question%% *}" "$("$TOOLS/jsonq" "${question%% *}" <out)" "${question#* }"
done

# Files that say nothing, and one that cannot be read, in the same run.
head -c 60 tagged.wav >bare.wav
echo nothing >text.wav
expect 1 clipgrid probe --json bare.wav text.wav tagged.wav
same "lines" "$(wc -l <out)" 3
same "no tags" "$(head -n 1 out | "$TOOLS/jsonq" 'markers.#')" 0
same "an error" "$(sed -n 2p out | "$TOOLS/jsonq" file)" text.wav
