/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CUE sheets, from any bytes. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_playlist.h"

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/cue", NULL};
const char *const fuzz_words[] = {
    "FILE \"a.wav\" WAVE\n", "TRACK 01 AUDIO\n", "INDEX 01 00:00:00\n", "INDEX 00 01:02:74\n", "TITLE ", "PERFORMER ", "ISRC ",
    "REM ", "CATALOG ", "MODE1/2352", "\"", "\n", "\r\n", ":", "99", "-1", "\xef\xbb\xbf", "\xfc", "\033[2J", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_playlist(playlist_cue_parse, "list.cue", bytes, count);
}
