/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ID3v2 of every version, from any bytes. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tags.h"

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/id3", NULL};
const char *const fuzz_words[] = {
    "ID3", "TIT2", "TXXX", "COMM", "IPLS", "TCON", "TT2", "TXX", "\x01\xff\xfe", "\x01\xfe\xff", "\x02", "\x03", "\xff", "(17)",
    "iswc", "\x7f\x7f\x7f\x7f", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_tags(tag_id3v2_parse, bytes, count);
}
