/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cart chunk, from any bytes. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tags.h"

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/cart", NULL};
const char *const fuzz_words[] = {
    "0101", "MRK1", "SECs", "INTe", "EOD ", "\xff\xff\xff\xff", "\033[2J", "\xc3\xbc", "\xfc", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_tags(tag_cart_parse, bytes, count);
}
