/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M3U lists, from any bytes; those that begin with an 8 are .m3u8, which must be UTF-8. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_playlist.h"

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/m3u", NULL};
const char *const fuzz_words[] = {
    "#EXTM3U", "#EXTINF:", "#EXTART:", "#PLAYLIST:", ",", "\n", "\r\n", "file://", "http://", "%20", "%00", "%1b", "localhost/",
    "\\", "../", "\"", "\xef\xbb\xbf", "\xfc", "\xc3\xbc", "\033[2J", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_playlist(playlist_m3u_parse, count && *bytes == '8' ? "list.m3u8" : "list.m3u", bytes, count);
}
