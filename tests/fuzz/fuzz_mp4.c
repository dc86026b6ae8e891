/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The item list and the chapter list of M4A: every input is taken for either. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tags.h"

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/mp4", NULL};
const char *const fuzz_words[] = {
    "data", "mean", "name", "----", "trkn", "tmpo", "\251nam", "\251ART", "isrc", "\x01", "\x02", "\x15", "\xff\xff\xff\xff",
    "\x08", "\033[2J", NULL,
};

static void parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    tag_mp4_parse_chapters(bytes, count, sink);
    tag_mp4_parse(bytes, count, sink);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_tags(parse, bytes, count);
}
