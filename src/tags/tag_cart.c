/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cart chunk of radio automation, AES46: fixed fields, eight post timers, a URL and free
 * text to the chunk's end. A timer is four letters and a place in frames from the file's
 * beginning; the letters (MRK1, SECs, INTe, OUT0, EOD) become the marker's name.
 */
#include "config.h"

#include "tags/tag_parsers.h"

#include "tags/tag_bytes.h"

#include <inttypes.h>
#include <string.h>

enum { LEVEL_AT = 680, TIMERS_AT = 684, TIMERS = 8, TIMER_BYTES = 8, TEXT_AT = 2048 };

static const struct {
    enum tag_field field;
    size_t at, width;
} texts[] = {
    {TAG_TITLE, 4, 64}, {TAG_ARTIST, 68, 64}, {TAG_CUT_ID, 132, 64}, {TAG_CLIENT_ID, 196, 64}, {TAG_CATEGORY, 260, 64},
    {TAG_CLASSIFICATION, 324, 64}, {TAG_OUT_CUE, 388, 64}, {TAG_START_DATE, 452, 10}, {TAG_START_TIME, 462, 8},
    {TAG_END_DATE, 470, 10},
    {TAG_END_TIME, 480, 8}, {TAG_PRODUCER_APP, 488, 64}, {TAG_PRODUCER_VERSION, 552, 64}, {TAG_USER_DEF, 616, 64},
    {TAG_URL, 1024, 1024},
};

/* A timer that is not used has no letters, or the highest place there is. */
static void take_timers(const unsigned char *timer, struct tag_sink *sink)
{
    for (int i = 0; i < TIMERS; i++, timer += TIMER_BYTES) {
        uint32_t frame = tag_le32(timer + 4);
        if (memcmp(timer, "\0\0\0", 4) != 0 && memcmp(timer, "    ", 4) != 0 && frame != UINT32_MAX)
            tag_sink_mark(sink, frame, MARKER_CART, TAG_LATIN1, timer, 4);
    }
}

void tag_cart_parse(const unsigned char *bytes, size_t count, struct tag_sink *sink)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (count >= texts[i].at + texts[i].width)
            tag_sink_add(sink, texts[i].field, TAG_UTF8, bytes + texts[i].at, texts[i].width);
    if (count >= LEVEL_AT + 4 && tag_le32(bytes + LEVEL_AT))
        tag_sink_addf(sink, TAG_LEVEL_REFERENCE, "%" PRId32, (int32_t)tag_le32(bytes + LEVEL_AT));
    if (count >= TIMERS_AT + TIMERS * TIMER_BYTES)
        take_timers(bytes + TIMERS_AT, sink);
    if (count > TEXT_AT)
        tag_sink_add(sink, TAG_TAG_TEXT, TAG_UTF8, bytes + TEXT_AT, count - TEXT_AT);
}
