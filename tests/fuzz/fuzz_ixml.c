/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iXML and the XML under it, from any bytes. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tags.h"

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/ixml", NULL};
const char *const fuzz_words[] = {
    "<BWFXML>", "</BWFXML>", "<BEXT>", "</BEXT>", "<SYNC_POINT>", "<SYNC_POINT_LOW>", "<!--", "-->", "<![CDATA[", "]]>", "<?",
    "?>", "<!DOCTYPE", "&amp;", "&lt;", "/>", "\"", "<", ">", "\xff\xfe", "\xfe\xff", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    return fuzz_tags(tag_ixml_parse, bytes, count);
}
