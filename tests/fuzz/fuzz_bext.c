/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The broadcast extension chunk, from any bytes. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tags.h"

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/bext", NULL};
const char *const fuzz_words[] = {
    "A=PCM,F=48000\r\n", "\xff\x7f", "\x02", "\033[2J", "\xc3\xbc", "\xfc", "\xe2\x80\xae", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_tags(tag_bext_parse, bytes, count);
}
