/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vorbis comments, from any bytes. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tags.h"

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/vorbis", NULL};
const char *const fuzz_words[] = {
    "TITLE=", "ARTIST=", "=", "\x04", "\xff\xff\xff\xff", "\x01", "\xc3\xbc", "\xe2\x80\xae", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_tags(tag_vorbis_parse, bytes, count);
}
