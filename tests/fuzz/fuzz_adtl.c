/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cue points and their labels: the first two bytes of the input say how much of the rest is the cue chunk. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tags.h"
#include "tags/tag_bytes.h"

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/adtl", NULL};
const char *const fuzz_words[] = {"labl", "note", "ltxt", "data", "slnt", "\x01", "\xff\xff\xff\xff", "\x18", "\033[2J", NULL};

static void parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    size_t points = count >= 2 ? tag_le16(bytes) : 0;
    if (count < 2)
        return;
    bytes += 2;
    count -= 2;
    if (points > count)
        points = count;
    tag_cue_parse(bytes, points, bytes + points, count - points, sink);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_tags(parse, bytes, count);
}
