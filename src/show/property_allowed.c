/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a property may be, in words: for errors and for the tables of the manual. */
#include "config.h"

#include "show/property.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

static void fmt_words(const char *const *words, struct strbuf *out)
{
    for (int i = 0; words[i]; i++) {
        if (i)
            strbuf_adds(out, words[i + 1] ? ", " : " or ");
        strbuf_adds(out, words[i]);
    }
}

static void fmt_number(const struct property *property, const char *what, struct strbuf *out)
{
    const char *gap = *property->unit ? " " : "";
    if (isinf(property->most))
        strbuf_addf(out, "%s of %s from %.15g up", what, property->unit, property->least);
    else
        strbuf_addf(out, "%s from %.15g to %.15g%s%s", what, property->least, property->most, gap, property->unit);
    if (property->minus_inf)
        strbuf_adds(out, ", or -inf");
}

static void fmt_text(const struct property *property, struct strbuf *out)
{
    if (!strcmp(property->key, "id"))
        strbuf_adds(out, "a letter and up to 62 letters, digits, _ . or -, and no word of the commands");
    else if (!strcmp(property->key, "follow"))
        strbuf_adds(out, "none, next, stop or the id of a clip");
    else if (!strcmp(property->key, "file"))
        strbuf_adds(out, "a path below the media folder");
    else
        strbuf_adds(out, "text");
}

void property_fmt_allowed(const struct property *property, struct strbuf *out)
{
    switch (property->kind) {
    case PROPERTY_BOOL: strbuf_adds(out, "true or false"); break;
    case PROPERTY_FLOAT: fmt_number(property, "a number", out); break;
    case PROPERTY_TEXT: fmt_text(property, out); break;
    case PROPERTY_CHOICE:
    case PROPERTY_SWITCH: fmt_words(property->choices, out); break;
    case PROPERTY_MARKERS: strbuf_adds(out, "up to 4 of { name = TEXT; at = FRAME; }"); break;
    case PROPERTY_ORDER: strbuf_addf(out, "up to %d numbers of markers, 1 to %d, like [2, 1, 3]", SHOW_PARTS, SHOW_MARKERS); break;
    case PROPERTY_SENDS: sends_fmt_allowed(out); break;
    case PROPERTY_FADES: fade_markers_fmt_allowed(out); break;
    case PROPERTY_SET: strbuf_addf(out, "numbers from %.15g to %.15g, like [1, 3]", property->least, property->most); break;
    case PROPERTY_FILES: strbuf_adds(out, "up to 32 paths below the media folder, like [ \"a.wav\", \"b.wav\" ]"); break;
    case PROPERTY_LINKS:
        strbuf_adds(out, "up to 8 of { do = start, stop or fade; target = ID; at = start or end; delay = SECONDS; level = DB; "
                         "seconds = SECONDS; curve = CURVE; }");
        break;
    case PROPERTY_PAIR:
        if (property->scope == PROPERTY_CLIP)
            strbuf_adds(out, "[rows, columns] of [1, 1], [1, 2], [2, 1], [2, 2], [1, 4] or [4, 1]");
        else
            strbuf_adds(out, "two device channels from 1, like [3, 4]");
        break;
    case PROPERTY_INT:
    case PROPERTY_PLACE:
    case PROPERTY_INT64:
        if (property->scope == PROPERTY_GROUP && !strcmp(property->key, "voices"))
            strbuf_adds(out, "a whole number from 1 to 24, in a choke group to 4");
        else
            fmt_number(property, "a whole number", out);
        break;
    }
}

/* Text of the table in mdoc: no line of it begins with a dot or a quote, backslashes do not occur. */
void property_fmt_mdoc(enum property_scope scope, struct strbuf *out)
{
    strbuf_adds(out, ".Bl -tag -width fade_out_curve\n");
    for (int i = 0; i < property_count; i++) {
        const struct property *property = &property_table[i];
        if (property->scope != scope)
            continue;
        strbuf_addf(out, ".It Ic %s\n%s\nAllowed: ", property->key, property->help);
        property_fmt_allowed(property, out);
        if (property->fallback)
            strbuf_addf(out, "; default: %s.\n", *property->fallback ? property->fallback : "none");
        else
            strbuf_adds(out, ".\n");
    }
    strbuf_adds(out, ".El\n");
}
