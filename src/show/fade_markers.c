/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fade markers of a clip as one text (SPEC M3), `( (48000, 96000, -12.0, "s-curve") )` (tuples.h): from the first frame to the
 * second the level goes to so many dB, along that curve, and stays there until the next one begins. A curve may be left out:
 * linear then. In the document they stand in file order, and none begins before the one in front of it has ended.
 */
#include "config.h"

#include "show/property.h"
#include "show/tuples.h"
#include "base/strbuf.h"

#include <math.h>

#define LEVEL_LEAST (-60.0)
#define LEVEL_MOST 12.0

static const char *const *curve_words(void)
{
    return property_find(PROPERTY_CLIP, "fade_in_curve")->choices;
}

void fade_markers_fmt_allowed(struct strbuf *out)
{
    strbuf_addf(out, "up to %d of (FROM, TO, DB, CURVE): frames of the file, none within another, and a level from %g to %g dB or "
                "-inf", SHOW_FADE_MARKERS, LEVEL_LEAST, LEVEL_MOST);
}

void fade_markers_fmt(const struct show_fade_markers *fades, struct strbuf *out)
{
    strbuf_adds(out, "(");
    for (int i = 0; i < fades->count; i++) {
        const struct show_fade_marker *fade = &fades->fade[i];
        strbuf_adds(out, i ? ", (" : " (");
        tuples_fmt_whole(fade->from, out);
        strbuf_adds(out, ", ");
        tuples_fmt_whole(fade->to, out);
        strbuf_adds(out, ", ");
        if (isinf(fade->level))
            strbuf_adds(out, "\"-inf\"");       /* libconfig has no number for it */
        else
            tuples_fmt_number(fade->level, out);
        strbuf_addf(out, ", \"%s\")", curve_words()[fade->curve]);
    }
    strbuf_adds(out, fades->count ? " )" : ")");
}

static bool take_level(const char **p, double *level)
{
    static const char *const silence[] = {"-inf", NULL};
    const char *behind = *p;
    int word;
    if (!tuples_word(&behind, silence, &word))
        return tuples_number(p, level) && *level >= LEVEL_LEAST && *level <= LEVEL_MOST;
    *p = behind;
    *level = -INFINITY;
    return true;
}

static bool take_fade(const char **p, void *object, int index)
{
    struct show_fade_marker *fade = &((struct show_fade_markers *)object)->fade[index];
    *fade = (struct show_fade_marker){.curve = SHOW_CURVE_LINEAR};
    if (!tuples_whole(p, 0, INT64_MAX, &fade->from) || !tuples_whole(p, 0, INT64_MAX, &fade->to) || fade->from >= fade->to ||
        !take_level(p, &fade->level))
        return false;
    return tuples_end(p) || (tuples_word(p, curve_words(), &fade->curve) && tuples_end(p));
}

/* Into file order. Return: false if two have a frame in common. */
static bool put_in_order(struct show_fade_markers *fades)
{
    for (int i = 1; i < fades->count; i++)
        for (int at = i; at > 0 && fades->fade[at].from < fades->fade[at - 1].from; at--) {
            struct show_fade_marker later = fades->fade[at - 1];
            fades->fade[at - 1] = fades->fade[at];
            fades->fade[at] = later;
        }
    for (int i = 1; i < fades->count; i++)
        if (fades->fade[i].from < fades->fade[i - 1].to)
            return false;
    return true;
}

int fade_markers_parse(struct show_fade_markers *fades, const char *key, const char *text, struct err *err)
{
    struct show_fade_markers parsed = {0};
    parsed.count = tuples_parse(text, SHOW_FADE_MARKERS, take_fade, &parsed);
    if (parsed.count < 0 || !put_in_order(&parsed))
        return tuples_refuse(key, fade_markers_fmt_allowed, err);
    *fades = parsed;
    return 0;
}
