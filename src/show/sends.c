/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sends of a bus as one text, `( (5, 6, -6.0), (7, 0, 0.0) )` (tuples.h). A gain of 0 dB may be left out. */
#include "config.h"

#include "show/property.h"
#include "show/tuples.h"
#include "base/strbuf.h"

enum { CHANNEL_MOST = 128 };
#define GAIN_LEAST (-60.0)
#define GAIN_MOST 12.0

void sends_fmt_allowed(struct strbuf *out)
{
    strbuf_addf(out, "up to %d of (LEFT, RIGHT, DB): device channels from 1, or 0 for nowhere, and a gain from %g to %g dB",
                SHOW_SENDS, GAIN_LEAST, GAIN_MOST);
}

void sends_fmt(const struct show_sends *sends, struct strbuf *out)
{
    strbuf_adds(out, "(");
    for (int i = 0; i < sends->count; i++) {
        strbuf_addf(out, "%s(%d, %d, ", i ? ", " : " ", sends->send[i].left, sends->send[i].right);
        tuples_fmt_number(sends->send[i].gain, out);
        strbuf_addc(out, ')');
    }
    strbuf_adds(out, sends->count ? " )" : ")");
}

static bool take_channel(const char **p, int *channel)
{
    int64_t value;
    if (!tuples_whole(p, 0, CHANNEL_MOST, &value))
        return false;
    *channel = (int)value;
    return true;
}

/* `(LEFT, RIGHT)` or `(LEFT, RIGHT, DB)`, of which not both may be nowhere. */
static bool take_send(const char **p, void *object, int index)
{
    struct show_send *send = &((struct show_sends *)object)->send[index];
    *send = (struct show_send){0};
    if (!take_channel(p, &send->left) || !take_channel(p, &send->right) || (!send->left && !send->right))
        return false;
    if (tuples_end(p))
        return true;
    return tuples_number(p, &send->gain) && send->gain >= GAIN_LEAST && send->gain <= GAIN_MOST && tuples_end(p);
}

int sends_parse(struct show_sends *sends, const char *key, const char *text, struct err *err)
{
    struct show_sends parsed = {0};
    parsed.count = tuples_parse(text, SHOW_SENDS, take_send, &parsed);
    if (parsed.count < 0)
        return tuples_refuse(key, sends_fmt_allowed, err);
    *sends = parsed;
    return 0;
}
