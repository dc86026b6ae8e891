/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The broadcast extension chunk, EBU Tech 3285 version 2 (clause 2.3): fixed fields, then the
 * coding history to the chunk's end. Text is ASCII by the letter; programs write Latin-1 and UTF-8.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

#include <stdlib.h>

enum {
    TIME_REFERENCE_AT = 338, VERSION_AT = 346, UMID_AT = 348, UMID_BYTES = 64, LOUDNESS_AT = 412, HISTORY_AT = 602,
    UNSET = 0x7fff,
};

static void take_texts(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    static const struct {
        enum tag_field field;
        size_t at, width;
    } texts[] = {
        {TAG_DESCRIPTION, 0, 256}, {TAG_ORIGINATOR, 256, 32}, {TAG_ORIGINATOR_REFERENCE, 288, 32},
        {TAG_ORIGINATION_DATE, 320, 10}, {TAG_ORIGINATION_TIME, 330, 8},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (count >= texts[i].at + texts[i].width)
            tag_sink_add(sink, texts[i].field, TAG_UTF8, bytes + texts[i].at, texts[i].width);
}

/* The identifier alone fills 32 bytes; the other 32 are its extension, or zero. */
static void take_umid(const unsigned char *umid, struct tag_sink *sink)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * UMID_BYTES];
    size_t used = UMID_BYTES;
    while (used && !umid[used - 1])
        used--;
    size_t length = used > UMID_BYTES / 2 ? UMID_BYTES : UMID_BYTES / 2;
    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = digits[umid[i] >> 4];
        hex[2 * i + 1] = digits[umid[i] & 15];
    }
    if (used)
        tag_sink_add(sink, TAG_UMID, TAG_UTF8, hex, 2 * length);
}

/* Hundredths of a unit, signed. */
static void take_loudness(const unsigned char *bytes, struct tag_sink *sink)
{
    static const enum tag_field fields[] = {TAG_LOUDNESS, TAG_LOUDNESS_RANGE, TAG_TRUE_PEAK, TAG_MAX_MOMENTARY,
                                            TAG_MAX_SHORT_TERM};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        int value = (int16_t)tag_le16(bytes + 2 * i);
        if (value != UNSET)
            tag_sink_addf(sink, fields[i], "%s%d.%02d", value < 0 ? "-" : "", abs(value) / 100, abs(value) % 100);
    }
}

void tag_bext_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    take_texts(bytes, count, sink);
    if (count >= TIME_REFERENCE_AT + 8)
        tag_sink_addf(sink, TAG_TIME_REFERENCE, "%llu", (unsigned long long)tag_le64(bytes + TIME_REFERENCE_AT));
    int version = count >= VERSION_AT + 2 ? tag_le16(bytes + VERSION_AT) : 0;
    if (version >= 1 && count >= UMID_AT + UMID_BYTES)
        take_umid(bytes + UMID_AT, sink);
    if (version >= 2 && count >= HISTORY_AT)
        take_loudness(bytes + LOUDNESS_AT, sink);
    if (count > HISTORY_AT)
        tag_sink_add(sink, TAG_CODING_HISTORY, TAG_UTF8, bytes + HISTORY_AT, count - HISTORY_AT);
}
