/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Vorbis comments (Vorbis I specification, clause 5; the same in FLAC, RFC 9639 8.6, and Opus,
 * RFC 7845 5.2): the maker's name, then NAME=value texts in UTF-8, each behind its length. Chapters
 * are texts too, by Xiph's "Chapter Extension": CHAPTER001=00:01:02.500 and CHAPTER001NAME=Verse.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { CHAPTER = 7, DIGITS = 3, CHAPTER_HZ = 1000 };

struct chapter {
    unsigned number;
    uint64_t at_ms;
    bool placed;
    const unsigned char *name;              /* NULL: none */
    size_t count;
};

struct chapters {
    struct chapter chapter[MEDIA_MARKERS_MAX];
    size_t count;
};

/* Return: the next text, its length taken off the front of bytes; NULL if it is not there whole. */
static const unsigned char *take_text(const unsigned char **bytes, size_t *count, size_t *length)
{
    if (*count < 4 || tag_le32(*bytes) > *count - 4)
        return NULL;
    *length = tag_le32(*bytes);
    const unsigned char *text = *bytes + 4;
    *bytes = text + *length;
    *count -= 4 + *length;
    return text;
}

/* A number of `count` digits. Return: false if it is none. */
static bool parse_digits(const unsigned char *text, size_t count, unsigned *value)
{
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

/* HH:MM:SS, or that and .sss */
static bool parse_time(const unsigned char *text, size_t count, uint64_t *at_ms)
{
    unsigned h, m, s, ms = 0;
    if (count < 8 || text[2] != ':' || text[5] != ':' || !parse_digits(text, 2, &h) || !parse_digits(text + 3, 2, &m) ||
        !parse_digits(text + 6, 2, &s))
        return false;
    if (count >= 12 && text[8] == '.' && !parse_digits(text + 9, 3, &ms))
        return false;
    *at_ms = (h * UINT64_C(3600) + m * 60 + s) * CHAPTER_HZ + ms;
    return true;
}

static struct chapter *get_chapter(struct chapters *chapters, unsigned number)
{
    for (size_t i = 0; i < chapters->count; i++)
        if (chapters->chapter[i].number == number)
            return &chapters->chapter[i];
    if (chapters->count == MEDIA_MARKERS_MAX)
        return NULL;
    chapters->chapter[chapters->count] = (struct chapter){.number = number};
    return &chapters->chapter[chapters->count++];
}

/* What is said of one chapter; anything else is left alone. name: of the text, `length` bytes. */
static void take_chapter(struct chapters *chapters, const unsigned char *name, size_t length, const unsigned char *value,
                         size_t count)
{
    unsigned number;
    bool named = length == CHAPTER + DIGITS + 4 && !strncasecmp((const char *)name + CHAPTER + DIGITS, "NAME", 4);
    if ((length != CHAPTER + DIGITS && !named) || strncasecmp((const char *)name, "CHAPTER", CHAPTER) ||
        !parse_digits(name + CHAPTER, DIGITS, &number))
        return;
    struct chapter *chapter = get_chapter(chapters, number);
    if (chapter && named) {
        chapter->name = value;
        chapter->count = count;
    } else if (chapter) {
        chapter->placed = parse_time(value, count, &chapter->at_ms);
    }
}

static void mark_chapters(const struct chapters *chapters, struct tag_sink *sink)
{
    for (size_t i = 0; i < chapters->count; i++) {
        const struct chapter *chapter = &chapters->chapter[i];
        if (chapter->placed)
            tag_sink_mark_time(sink, chapter->at_ms, CHAPTER_HZ, TAG_UTF8,
                               chapter->name ? chapter->name : (const unsigned char *)"", chapter->count);
    }
}

void tag_vorbis_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    struct chapters chapters = {.count = 0};
    size_t length;
    if (!take_text(&bytes, &count, &length) || count < 4)
        return;
    uint32_t texts = tag_le32(bytes);
    bytes += 4;
    count -= 4;
    for (const unsigned char *text; texts > 0 && (text = take_text(&bytes, &count, &length)); texts--) {
        const unsigned char *equals = memchr(text, '=', length);
        if (!equals)
            continue;
        size_t name = (size_t)(equals - text);
        int field = tag_alias_find((const char *)text, name);
        if (field >= 0)
            tag_sink_add(sink, (enum tag_field)field, TAG_UTF8, equals + 1, length - name - 1);
        else
            take_chapter(&chapters, text, name, equals + 1, length - name - 1);
    }
    mark_chapters(&chapters, sink);
}
