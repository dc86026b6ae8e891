/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See tag_rig.h. */
#include "config.h"

#include "tag_rig.h"

#include "wire/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

/* What a worker would send is what the other side takes. */
static const struct media_tags *pass(const struct media_tags *tags)
{
    static struct media_tags taken;
    static struct msg msg;
    msg.type = MSG_WORK_TAGGED;
    msg.size = work_tags_bytes(tags);
    assert_true(msg.size <= sizeof *tags);
    memcpy(msg.payload, tags, msg.size);
    assert_true(work_parse_tags(&taken, &msg));
    return &taken;
}

const struct media_tags *tag_rig_parse(tag_parser *parse, const void *bytes, size_t count)
{
    static struct media_tags tags;
    struct tag_sink sink;
    unsigned char *exact = malloc(count ? count : 1);
    memcpy(exact, bytes, count);
    tag_sink_init(&sink, &tags, TAG_RIG_RATE);
    tag_sink_begin(&sink);
    parse(exact, count, &sink);
    free(exact);
    return pass(&tags);
}

void tag_rig_break(tag_parser *parse, const void *bytes, size_t count)
{
    static const unsigned char values[] = {0, 1, 0x1b, 0x7f, 0x80, 0xff};
    unsigned char *broken = malloc(count);
    memcpy(broken, bytes, count);
    for (size_t cut = 0; cut <= count; cut++)
        tag_rig_parse(parse, bytes, cut);
    for (size_t at = 0; at < count; at++) {
        for (size_t i = 0; i < sizeof values; i++) {
            broken[at] = values[i];
            tag_rig_parse(parse, broken, count);
        }
        broken[at] = ((const unsigned char *)bytes)[at];
    }
    free(broken);
}

void tag_rig_expect(const struct media_tags *tags, enum tag_field field, const char *value)
{
    if (strcmp(tags_get(tags, field), value))
        fail_msg("%s is \"%s\", not \"%s\"", tags_name(field), tags_get(tags, field), value);
}

const struct media_tags *tag_rig_read(const void *bytes, size_t count)
{
    static struct media_tags tags;
    int fd = memfd_create("tags", MFD_CLOEXEC);
    assert_int_equal(write(fd, bytes, count), count);
    tags_read(fd, TAG_RIG_RATE, &tags);
    close(fd);
    return pass(&tags);
}

unsigned char *tag_rig_put(unsigned char *to, const void *bytes, size_t count)
{
    memcpy(to, bytes, count);
    return to + count;
}

unsigned char *tag_rig_text(unsigned char *to, const char *text)
{
    return tag_rig_put(to, text, strlen(text));
}

unsigned char *tag_rig_le32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++, value >>= 8)
        *to++ = (unsigned char)value;
    return to;
}

unsigned char *tag_rig_be32(unsigned char *to, uint32_t value)
{
    for (int i = 24; i >= 0; i -= 8)
        *to++ = (unsigned char)(value >> i);
    return to;
}

unsigned char *tag_rig_chunk(unsigned char *to, const char *id, const void *bytes, size_t count)
{
    to = tag_rig_le32(tag_rig_put(to, id, 4), (uint32_t)count);
    to = tag_rig_put(to, bytes, count);
    if (count & 1)
        *to++ = 0;
    return to;
}
