/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See fuzz_tags.h. */
#include "config.h"

#include "fuzz_tags.h"

#include "wire/work.h"

#include <stdlib.h>
#include <string.h>

void fuzz_tags_check(const struct media_tags *tags)
{
    static struct media_tags taken;
    static struct msg msg;
    msg.type = MSG_WORK_TAGGED;
    msg.size = work_tags_bytes(tags);
    if (msg.size > sizeof *tags)
        abort();
    memcpy(msg.payload, tags, msg.size);
    if (!work_parse_tags(&taken, &msg))
        abort();
}

int fuzz_tags(void (*parse)(const unsigned char *bytes, size_t count, struct tag_sink *sink), const uint8_t *bytes, size_t count)
{
    static struct media_tags tags;
    struct tag_sink sink;
    tag_sink_init(&sink, &tags, 48000);
    tag_sink_begin(&sink);
    parse(bytes, count, &sink);
    fuzz_tags_check(&tags);
    return 0;
}
