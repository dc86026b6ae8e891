/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order in which the markers of a clip are played: `[2, 1, 3]`, for typing also `2,1,3`.
 * In the document it is a number: four bits for each part, the first part lowest, 0 behind the last.
 */
#include "config.h"

#include "show/property.h"
#include "base/strbuf.h"

#include <string.h>

static const char *skip(const char *p, const char *blanks)
{
    return p + strspn(p, blanks);
}

/* One number of a marker. Return: behind it, or NULL; *number 0: it is a number, and none of a marker. */
static const char *take_number(const char *p, unsigned *number)
{
    size_t digits = strspn(p, "0123456789");
    *number = digits == 1 && *p <= '0' + SHOW_MARKERS ? (unsigned)(*p - '0') : 0;
    return digits ? p + digits : NULL;
}

int order_parse(const char *key, const char *text, uint64_t *order, struct err *err)
{
    const char *p = skip(text, " \t");
    bool bracket = *p == '[', in_range = true;
    uint64_t parsed = 0;
    int parts = 0;
    for (p = skip(p + bracket, " \t"); p && *p && *p != ']'; parts++) {
        unsigned number;
        p = take_number(p, &number);
        in_range = in_range && number && parts < SHOW_PARTS;
        parsed |= in_range ? (uint64_t)number << (4 * parts) : 0;
        p = p ? skip(p, " \t") : NULL;
        p = p && *p == ',' ? skip(p + 1, " \t") : p;
    }
    bool good = p && (bracket ? *p == ']' && !*skip(p + 1, " \t") : !*p);
    if (!good || !in_range)
        return err_set(err, good ? ERR_RANGE : ERR_USAGE, "%s %s: up to %d numbers of markers, 1 to %d, like [2, 1, 3]", key,
                       *text ? text : "\"\"", SHOW_PARTS, SHOW_MARKERS);
    *order = parsed;
    return 0;
}

void order_fmt(uint64_t order, struct strbuf *out)
{
    strbuf_addc(out, '[');
    for (int i = 0; order; i++, order >>= 4)
        strbuf_addf(out, "%s%u", i ? ", " : "", (unsigned)(order & 15));
    strbuf_addc(out, ']');
}

int order_most(uint64_t order)
{
    int most = 0;
    for (; order; order >>= 4)
        if ((int)(order & 15) > most)
            most = (int)(order & 15);
    return most;
}

uint64_t order_playable(const struct show_clip *clip)
{
    uint64_t playable = 0;
    int parts = 0;
    for (uint64_t order = clip->sequence; order; order >>= 4)
        if ((int)(order & 15) <= clip->markers)
            playable |= (order & 15) << (4 * parts++);
    return playable;
}
