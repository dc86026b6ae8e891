/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sends of a bus as one text, in the form of the session file:
 *     ( (5, 6, -6.0), (7, 0, 0.0) )
 * Read back in this form, and, for typing, without the outer parentheses, the commas and a gain
 * of 0 dB: `(5 6 -6) (7 0)`. Nothing is ().
 */
#include "config.h"

#include "show/property.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <string.h>

enum { CHANNEL_MOST = 128, NUMBER_BYTES = 32 };
#define GAIN_LEAST (-60.0)
#define GAIN_MOST 12.0

void sends_fmt_allowed(struct strbuf *out)
{
    strbuf_addf(out, "up to %d of (LEFT, RIGHT, DB): device channels from 1, or 0 for nowhere, and a gain from %g to %g dB",
                SHOW_SENDS, GAIN_LEAST, GAIN_MOST);
}

/* With a point, as libconfig wants it of a number that is not whole. */
static void fmt_gain(double gain, struct strbuf *out)
{
    struct strbuf text = {0};
    text_fmt_double(&text, gain);
    const char *exponent = strchr(text.s, 'e');
    if (exponent && !strchr(text.s, '.'))
        strbuf_addf(out, "%.*s.0%s", (int)(exponent - text.s), text.s, exponent);
    else
        strbuf_adds(out, text.s);
    strbuf_clear(&text);
}

void sends_fmt(const struct show_sends *sends, struct strbuf *out)
{
    strbuf_adds(out, "(");
    for (int i = 0; i < sends->count; i++) {
        strbuf_addf(out, "%s(%d, %d, ", i ? ", " : " ", sends->send[i].left, sends->send[i].right);
        fmt_gain(sends->send[i].gain, out);
        strbuf_addc(out, ')');
    }
    strbuf_adds(out, sends->count ? " )" : ")");
}

static bool take(const char **p, const char *any)
{
    *p += strspn(*p, " \t");
    if (!**p || !strchr(any, **p))
        return false;
    ++*p;
    return true;
}

/* The next number, and a comma behind it if there is one. */
static bool take_number(const char **p, double *value)
{
    char digits[NUMBER_BYTES];
    *p += strspn(*p, " \t");
    size_t length = strcspn(*p, " \t,()[]");
    if (length == 0 || length >= sizeof digits)
        return false;
    memcpy(digits, *p, length);
    digits[length] = '\0';
    *p += length;
    take(p, ",");
    return text_parse_double(digits, value);
}

static bool take_channel(const char **p, int *channel)
{
    double value;
    if (!take_number(p, &value) || value < 0 || value > CHANNEL_MOST || value != (int)value)
        return false;
    *channel = (int)value;
    return true;
}

/* `(LEFT, RIGHT)` or `(LEFT, RIGHT, DB)`, of which not both may be nowhere; its opening bracket is taken. */
static bool take_send(const char **p, struct show_send *send)
{
    *send = (struct show_send){0};
    if (!take_channel(p, &send->left) || !take_channel(p, &send->right) || (!send->left && !send->right))
        return false;
    if (take(p, ")]"))
        return true;
    return take_number(p, &send->gain) && send->gain >= GAIN_LEAST && send->gain <= GAIN_MOST && take(p, ")]");
}

static bool take_list(const char **p, struct show_sends *sends)
{
    const char *inner = *p;
    bool outer = take(&inner, "(") && (inner += strspn(inner, " \t"), *inner && strchr("([)", *inner));
    if (outer)
        *p = inner;
    while (take(p, "([")) {
        if (sends->count == SHOW_SENDS || !take_send(p, &sends->send[sends->count]))
            return false;
        sends->count++;
        take(p, ",");
    }
    if (outer && !take(p, ")"))
        return false;
    *p += strspn(*p, " \t");
    return !**p;
}

int sends_parse(struct show_sends *sends, const char *key, const char *text, struct err *err)
{
    struct show_sends parsed = {0};
    if (!take_list(&text, &parsed)) {
        struct strbuf allowed = {0};
        sends_fmt_allowed(&allowed);
        err_set(err, ERR_RANGE, "%s: %s", key, allowed.s);
        strbuf_clear(&allowed);
        return -1;
    }
    *sends = parsed;
    return 0;
}
