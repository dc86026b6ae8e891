/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header object of ASF, from any bytes. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tags.h"

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/asf", NULL};
const char *const fuzz_words[] = {
    "\x33\x26\xb2\x75\x8e\x66\xcf\x11", "\x40\xa4\xd0\xd2\x07\xe3\xd2\x11", "\x01\xcd\x87\xf4\x51\xa9\xcf\x11",
    "\xa1\xdc\xab\x8c\x47\xa9\xcf\x11", "W", "M", "/", "\x18", "\x1e", "\xff\xff", "\xff\xff\xff\xff", "\x80", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_tags(tag_asf_parse, bytes, count);
}
