/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M4A and MP4: boxes as in ISO/IEC 14496-12 (clause 4.2), the item list that Apple's "QuickTime File
 * Format", chapter "Metadata", describes (moov/udta/meta/ilst), and the chapter list that Nero's
 * writers began and most others took over (moov/udta/chpl: places of 100 ns). The walker looks for
 * these boxes by their heads alone, so tables of any length lie unread on the way.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BOXES_MAX = 1000,           /* of one level; in an item list, of one item */
    HEAD = 8, LONG_HEAD = 16,
    DATA_HEAD = 8,              /* kind of the value, and its language */
    KIND_UTF8 = 1, KIND_UTF16 = 2, KIND_INTEGER = 21,
    CHAPTER_HZ = 10000000,
};

struct box {
    const unsigned char *id, *body;
    size_t count;               /* bytes of body that are there */
};

static const struct {
    char id[5];
    enum tag_field field;
} texts[] = {
    {"\251nam", TAG_TITLE}, {"\251ART", TAG_ARTIST}, {"\251alb", TAG_ALBUM}, {"aART", TAG_ALBUM_ARTIST},
    {"\251wrt", TAG_COMPOSER}, {"\251arg", TAG_ARRANGER}, {"\251pub", TAG_PUBLISHER}, {"\251lab", TAG_LABEL},
    {"\251isr", TAG_ISRC}, {"\251gen", TAG_GENRE}, {"\251day", TAG_DATE}, {"\251cmt", TAG_COMMENT}, {"cprt", TAG_COPYRIGHT},
    {"\251cpy", TAG_COPYRIGHT}, {"desc", TAG_DESCRIPTION}, {"trkn", TAG_TRACK}, {"tmpo", TAG_BPM},
};

/* Takes the next box off the front of bytes; the last one may be cut. Return: false at the end. */
static bool next_box(const unsigned char **bytes, size_t *count, struct box *box)
{
    if (*count < HEAD)
        return false;
    size_t size = tag_be32(*bytes);
    if (size < HEAD || size > *count)
        size = *count;
    *box = (struct box){.id = *bytes + 4, .body = *bytes + HEAD, .count = size - HEAD};
    *bytes += size;
    *count -= size;
    return true;
}

static bool is(const struct box *box, const char *id)
{
    return !memcmp(box->id, id, 4);
}

/* Big endian, of 1 to 4 bytes. */
static uint32_t parse_integer(const unsigned char *bytes, size_t count)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count && i < 4; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* A data box: text by its kind; a track's number stands behind two zero bytes, a tempo is a whole number. */
static void take_value(const struct box *data, enum tag_field field, struct tag_sink *sink)
{
    if (data->count < DATA_HEAD)
        return;
    uint32_t kind = tag_be32(data->body);
    const unsigned char *value = data->body + DATA_HEAD;
    size_t count = data->count - DATA_HEAD;
    if (kind == KIND_UTF8 || kind == KIND_UTF16)
        tag_sink_add(sink, field, kind == KIND_UTF8 ? TAG_UTF8 : TAG_UTF16BE, value, count);
    else if (field == TAG_TRACK && count >= 4 && tag_be16(value + 2))
        tag_sink_addf(sink, field, "%u", tag_be16(value + 2));
    else if (field == TAG_BPM && (kind == KIND_INTEGER || kind == 0) && count && parse_integer(value, count))
        tag_sink_addf(sink, field, "%u", parse_integer(value, count));
}

static void take_values(const struct box *item, enum tag_field field, struct tag_sink *sink)
{
    const unsigned char *bytes = item->body;
    size_t count = item->count;
    struct box box;
    for (int i = 0; i < BOXES_MAX && next_box(&bytes, &count, &box); i++)
        if (is(&box, "data"))
            take_value(&box, field, sink);
}

/* An item whose name is a text of its own. */
static void take_named(const struct box *item, struct tag_sink *sink)
{
    const unsigned char *bytes = item->body;
    size_t count = item->count;
    struct box box;
    for (int i = 0; i < BOXES_MAX && next_box(&bytes, &count, &box); i++) {
        int field = is(&box, "name") && box.count > 4 ? tag_alias_find((const char *)box.body + 4, box.count - 4) : -1;
        if (field >= 0) {
            take_values(item, (enum tag_field)field, sink);
            return;
        }
    }
}

void tag_mp4_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    struct box item;
    while (next_box(&bytes, &count, &item)) {
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            if (is(&item, texts[i].id))
                take_values(&item, texts[i].field, sink);
        if (is(&item, "----"))
            take_named(&item, sink);
    }
}

/* Version, flags, in version 1 four bytes more, the number of chapters; of each its place, and its name behind its length. */
void tag_mp4_parse_chapters(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    size_t head = count && bytes[0] ? 9 : 5;
    if (count < head)
        return;
    unsigned chapters = bytes[head - 1];
    bytes += head;
    count -= head;
    for (unsigned i = 0; i < chapters && count >= 9 && bytes[8] <= count - 9; i++) {
        size_t length = bytes[8];
        tag_sink_mark_time(sink, tag_be64(bytes), CHAPTER_HZ, TAG_UTF8, bytes + 9, length);
        bytes += 9 + length;
        count -= 9 + length;
    }
}

/* --- the way to them --- */

struct part {
    int64_t at, end;            /* bytes of the file: what is in the box */
};

/* The first box of this name within another. */
static bool find_box(int fd, struct part within, const char *id, struct part *found)
{
    unsigned char head[LONG_HEAD];
    for (int i = 0; i < BOXES_MAX && within.at <= within.end - HEAD; i++) {
        ssize_t got = pread(fd, head, sizeof head, (off_t)within.at);
        if (got < HEAD)
            return false;
        bool is_long = tag_be32(head) == 1 && got == LONG_HEAD;
        uint64_t size = is_long ? tag_be64(head + HEAD) : tag_be32(head), room = (uint64_t)(within.end - within.at);
        if (size == 0)
            size = room;        /* the last one may say so */
        if (size < (is_long ? LONG_HEAD : HEAD) || size > room)
            return false;
        if (!memcmp(head + 4, id, 4)) {
            *found = (struct part){within.at + (is_long ? LONG_HEAD : HEAD), within.at + (int64_t)size};
            return true;
        }
        within.at += (int64_t)size;
    }
    return false;
}

/* By ISO a meta box begins with its version and flags, by QuickTime it does not: then a box begins there. */
static void skip_version(int fd, struct part *meta)
{
    unsigned char head[HEAD];
    if (pread(fd, head, sizeof head, (off_t)meta->at) == HEAD && memcmp(head + 4, "hdlr", 4) != 0)
        meta->at += 4;
}

static void parse_part(int fd, struct part part, void (*parse)(const unsigned char *, size_t, struct tag_sink *),
                       struct tag_sink *sink)
{
    size_t got;
    unsigned char *bytes = tag_read_part(fd, part.at, (uint64_t)(part.end - part.at), &got);
    tag_sink_begin(sink);
    parse(bytes, got, sink);
    free(bytes);
}

void tag_mp4_read(int fd, struct tag_sink *sink)
{
    struct part file = {0, (int64_t)lseek(fd, 0, SEEK_END)}, moov, udta, meta, part;
    if (!find_box(fd, file, "moov", &moov) || !find_box(fd, moov, "udta", &udta))
        return;
    if (find_box(fd, udta, "meta", &meta)) {
        skip_version(fd, &meta);
        if (find_box(fd, meta, "ilst", &part))
            parse_part(fd, part, tag_mp4_parse, sink);
    }
    if (find_box(fd, udta, "chpl", &part))
        parse_part(fd, part, tag_mp4_parse_chapters, sink);
}
