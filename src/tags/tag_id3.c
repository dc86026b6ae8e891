/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ID3v2 of versions 2.2, 2.3 and 2.4 (the informal standards at id3.org): a head, and frames, of
 * which text frames, comments and lists of people are read. "Unsynchronised" bytes had a zero put
 * behind each 0xff: of the whole tag before 2.4, frame by frame since. Compressed and encrypted
 * frames are passed over. Chapters ("ID3v2 Chapter Frame Addendum" 1.0) are markers, named by the
 * title among the frames they hold.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"
#include "base/xalloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CHAPTER_HZ = 1000, CHAPTER_HEAD = 16 };     /* milliseconds; two times and two places in the file */
enum { HEAD = 10, UNSYNC = 0x80, EXTENDED = 0x40, COMPRESSED_22 = 0x40, FOOTER = 0x10 };

struct frame {
    char id[5];
    bool unsync;
    const unsigned char *body;
    size_t count;
};

/* Frames of one text each, by their names in 2.2 and since; the rest have a handler of their own. */
static const struct {
    char old[4], id[5];
    enum tag_field field;
} texts[] = {
    {"TT2", "TIT2", TAG_TITLE}, {"TP1", "TPE1", TAG_ARTIST}, {"TAL", "TALB", TAG_ALBUM}, {"TP2", "TPE2", TAG_ALBUM_ARTIST},
    {"TCM", "TCOM", TAG_COMPOSER}, {"TP4", "TPE4", TAG_ARRANGER}, {"TPB", "TPUB", TAG_PUBLISHER}, {"TRC", "TSRC", TAG_ISRC},
    {"TRK", "TRCK", TAG_TRACK}, {"TYE", "TYER", TAG_DATE}, {"", "TDRC", TAG_DATE}, {"TBP", "TBPM", TAG_BPM},
    {"TKE", "TKEY", TAG_KEY},
    {"TCR", "TCOP", TAG_COPYRIGHT}, {"TCO", "TCON", TAG_GENRE},
};

static uint32_t syncsafe(const unsigned char *at)
{
    return (uint32_t)(at[0] & 0x7f) << 21 | (uint32_t)(at[1] & 0x7f) << 14 | (uint32_t)(at[2] & 0x7f) << 7 | (at[3] & 0x7fu);
}

uint64_t tag_id3v2_bytes(const unsigned char *head)
{
    if (memcmp(head, "ID3", 3) != 0 || head[3] < 2 || head[3] > 4)
        return 0;
    return HEAD + (uint64_t)syncsafe(head + 6) + (head[3] == 4 && head[5] & FOOTER ? HEAD : 0);
}

/* Takes the zeros out again. Return: bytes of out, at most count. */
static size_t resync(unsigned char *out, const unsigned char *bytes, size_t count)
{
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        out[made++] = bytes[i];
        if (bytes[i] == 0xff && i + 1 < count && !bytes[i + 1])
            i++;
    }
    return made;
}

static enum tag_encoding encoding_of(unsigned char word)
{
    static const enum tag_encoding encodings[] = {TAG_LATIN1, TAG_UTF16, TAG_UTF16BE, TAG_UTF8};
    return word < sizeof encodings / sizeof *encodings ? encodings[word] : TAG_UTF8;
}

/* Return: bytes before the NUL that ends the first text, or all; *next: where the text behind it begins. */
static size_t text_length(enum tag_encoding encoding, const unsigned char *text, size_t count, size_t *next)
{
    size_t unit = encoding == TAG_UTF16 || encoding == TAG_UTF16BE ? 2 : 1;
    for (size_t i = 0; i + unit <= count; i += unit)
        if (!text[i] && (unit == 1 || !text[i + 1])) {
            *next = i + unit;
            return i;
        }
    *next = count;
    return count;
}

/* Genres by number, "(17)" or "17", are not told; "(17)Rock" is Rock. */
static bool skip_genre_number(enum tag_encoding encoding, const unsigned char **text, size_t *count)
{
    if (encoding != TAG_LATIN1 && encoding != TAG_UTF8)
        return true;
    const unsigned char *p = *text, *end = p + *count;
    bool bracket = p < end && *p == '(';
    p += bracket;
    const unsigned char *digits = p;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    if (p == digits || (bracket && (p == end || *p != ')')) || (!bracket && p < end))
        return true;
    p += bracket;
    *count = (size_t)(end - p);
    *text = p;
    return *count > 0;
}

static void take_text(const struct frame *frame, enum tag_field field, struct tag_sink *sink)
{
    enum tag_encoding encoding = encoding_of(frame->body[0]);
    const unsigned char *text = frame->body + 1;
    size_t count = frame->count - 1, next;
    for (; count > 0; text += next, count -= next) {
        const unsigned char *value = text;
        size_t length = text_length(encoding, text, count, &next);
        if (field != TAG_GENRE || skip_genre_number(encoding, &value, &length))
            tag_sink_add(sink, field, encoding, value, length);
    }
}

/* A description, then the text. */
static void take_described(const struct frame *frame, struct tag_sink *sink)
{
    char name[64];
    bool comment = frame->id[0] == 'C';
    size_t skip = comment ? 4 : 1, next;                /* a comment names its language first */
    if (frame->count <= skip)
        return;
    enum tag_encoding encoding = encoding_of(frame->body[0]);
    const unsigned char *text = frame->body + skip;
    size_t length = text_length(encoding, text, frame->count - skip, &next);
    length = tag_text_decode(name, sizeof name, encoding, text, length);
    /* those are a program's own */
    int field = !comment ? tag_alias_find(name, length) : strncmp(name, "iTun", 4) ? TAG_COMMENT : -1;
    text += next;
    size_t count = frame->count - skip - next;
    if (field >= 0)
        tag_sink_add(sink, (enum tag_field)field, encoding, text, text_length(encoding, text, count, &next));
}

/* Pairs of what somebody did and who it was. */
static void take_people(const struct frame *frame, struct tag_sink *sink)
{
    enum tag_encoding encoding = encoding_of(frame->body[0]);
    const unsigned char *text = frame->body + 1;
    size_t count = frame->count - 1, next;
    while (count > 0) {
        char role[16];
        tag_text_decode(role, sizeof role, encoding, text, text_length(encoding, text, count, &next));
        text += next;
        count -= next;
        size_t length = text_length(encoding, text, count, &next);
        if (!strcmp(role, "arranger") || !strcmp(role, "Arranger"))
            tag_sink_add(sink, TAG_ARRANGER, encoding, text, length);
        text += next;
        count -= next;
    }
}

static bool is_one_of(const char *id, const char *const *ids)
{
    while (*ids && strcmp(*ids, id))
        ids++;
    return *ids;
}

static void take_frame(const struct frame *frame, struct tag_sink *sink)
{
    static const char *const described[] = {"TXXX", "TXX", "COMM", "COM", NULL}, *const people[] = {"TIPL", "IPLS", "IPL", NULL};
    if (frame->count < 2)
        return;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(frame->id, texts[i].id) || !strcmp(frame->id, texts[i].old))
            take_text(frame, texts[i].field, sink);
    if (is_one_of(frame->id, described))
        take_described(frame, sink);
    else if (is_one_of(frame->id, people))
        take_people(frame, sink);
}

/* What stands between a frame's head and its content, by the second byte of its flags. Return: false if it cannot be read. */
static bool strip_flags(struct frame *frame, int version, unsigned flags)
{
    bool closed = flags & (version == 3 ? 0xc0 : 0x0c);
    size_t extra = version == 3 ? (flags & 0x20 ? 1 : 0) : (flags & 0x40 ? 1 : 0) + (flags & 0x01 ? 4u : 0);
    if (closed || extra > frame->count)
        return false;
    frame->unsync = version == 4 && flags & 0x02;
    frame->body += extra;
    frame->count -= extra;
    return true;
}

/* Some programs write plain sizes into 2.4 tags: those that cannot be the other kind are taken for such. */
static size_t frame_bytes(int version, const unsigned char *size)
{
    if (version == 2)
        return tag_be24(size);
    return version == 4 && !((size[0] | size[1] | size[2] | size[3]) & 0x80) ? syncsafe(size) : tag_be32(size);
}

/* Takes the next frame off the front of bytes, what cannot be read left out. Return: false at the end. */
static bool next_frame(const unsigned char **bytes, size_t *count, int version, struct frame *frame)
{
    size_t id = version == 2 ? 3 : 4, head = version == 2 ? 6 : 10;
    while (*count > head && **bytes) {          /* zeros pad the end */
        const unsigned char *at = *bytes;
        *frame = (struct frame){.body = at + head, .count = frame_bytes(version, at + id)};
        if (frame->count > *count - head)
            return false;
        memcpy(frame->id, at, id);
        *bytes += head + frame->count;
        *count -= head + frame->count;
        if (version == 2 || strip_flags(frame, version, at[9]))
            return true;
    }
    return false;
}

/* A name of its own, a NUL, the times and places where it begins and ends, and frames about it. */
static void take_chapter(const struct frame *chapter, int version, struct tag_sink *sink)
{
    const unsigned char *nul = memchr(chapter->body, 0, chapter->count), *bytes = nul ? nul + 1 : chapter->body;
    size_t count = nul ? chapter->count - (size_t)(bytes - chapter->body) : 0;
    struct frame frame;
    if (count < CHAPTER_HEAD)
        return;
    uint32_t begin_ms = tag_be32(bytes);
    bytes += CHAPTER_HEAD;
    count -= CHAPTER_HEAD;
    while (next_frame(&bytes, &count, version, &frame))
        if (!strcmp(frame.id, "TIT2") && frame.count > 1) {
            tag_sink_mark_time(sink, begin_ms, CHAPTER_HZ, encoding_of(frame.body[0]), frame.body + 1, frame.count - 1);
            return;
        }
    tag_sink_mark_time(sink, begin_ms, CHAPTER_HZ, TAG_LATIN1, "", 0);
}

static void take_frames(const unsigned char *bytes, size_t count, int version, struct tag_sink *sink)
{
    struct frame frame;
    while (next_frame(&bytes, &count, version, &frame)) {
        unsigned char *clear = frame.unsync ? xmalloc(frame.count + 1) : NULL;
        if (clear) {
            frame.count = resync(clear, frame.body, frame.count);
            frame.body = clear;
        }
        if (!strcmp(frame.id, "CHAP"))
            take_chapter(&frame, version, sink);
        else
            take_frame(&frame, sink);
        free(clear);
    }
}

/* Return: bytes of the extended head, which count itself in 2.4 and not before. */
static size_t extended_bytes(const unsigned char *bytes, size_t count, int version)
{
    return count < 4 ? count : version == 4 ? syncsafe(bytes) : (size_t)tag_be32(bytes) + 4;
}

void tag_id3v2_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    if (count < HEAD || !tag_id3v2_bytes(bytes))
        return;
    int version = bytes[3];
    unsigned flags = bytes[5];
    size_t length = syncsafe(bytes + 6), skip = 0;
    if (length > count - HEAD)
        length = count - HEAD;
    if (version == 2 && flags & COMPRESSED_22)
        return;
    const unsigned char *body = bytes + HEAD;
    unsigned char *clear = version < 4 && flags & UNSYNC ? xmalloc(length + 1) : NULL;
    if (clear) {
        length = resync(clear, body, length);
        body = clear;
    }
    if (version > 2 && flags & EXTENDED)
        skip = extended_bytes(body, length, version);
    if (skip <= length)
        take_frames(body + skip, length - skip, version, sink);
    free(clear);
}

void tag_id3v1_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    static const struct {
        enum tag_field field;
        size_t at, width;
    } fields[] = {{TAG_TITLE, 3, 30}, {TAG_ARTIST, 33, 30}, {TAG_ALBUM, 63, 30}, {TAG_DATE, 93, 4}, {TAG_COMMENT, 97, 30}};
    if (count != 128 || memcmp(bytes, "TAG", 3) != 0)
        return;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        tag_sink_add(sink, fields[i].field, TAG_UTF8, bytes + fields[i].at, fields[i].width);
    if (!bytes[125] && bytes[126])
        tag_sink_addf(sink, TAG_TRACK, "%u", bytes[126]);
}
