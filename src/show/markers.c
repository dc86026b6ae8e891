/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The markers of a clip as one text, in the form of the session file:
 *     ( { name = "verse"; at = 48000; }, { name = "chorus"; at = 96000; } )
 * Read back in this form, and, for typing, as pairs `verse 48000 chorus 96000`. Names are quoted
 * with \" and \\ inside; an empty list is (). Unknown settings of a marker stand there as
 * `extra = "..."`.
 */
#include "config.h"

#include "show/property.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

void markers_fmt(const struct show_clip *clip, struct strbuf *out)
{
    strbuf_adds(out, "(");
    for (int i = 0; i < clip->markers; i++) {
        const struct show_marker *marker = &clip->marker[i];
        strbuf_adds(out, i ? ", { name = " : " { name = ");
        text_fmt_quoted(out, marker->name);
        strbuf_addf(out, "; at = %lld;", (long long)marker->at);
        if (marker->extra) {
            strbuf_adds(out, " extra = ");
            text_fmt_quoted(out, marker->extra);
            strbuf_addc(out, ';');
        }
        strbuf_adds(out, " }");
    }
    strbuf_adds(out, clip->markers ? " )" : ")");
}

void markers_clear(struct show_clip *clip)
{
    while (clip->markers) {
        struct show_marker *marker = &clip->marker[--clip->markers];
        free(marker->name);
        free(marker->extra);
        *marker = (struct show_marker){0};
    }
}

/* What is being read, and the markers so far. */
struct reading {
    const char *p;
    struct show_marker marker[SHOW_MARKERS];
    int markers;
};

static void skip_blanks(struct reading *reading)
{
    reading->p += strspn(reading->p, " \t");
}

static bool take(struct reading *reading, char c)
{
    skip_blanks(reading);
    if (*reading->p != c)
        return false;
    reading->p++;
    return true;
}

/* A quoted text, or everything up to one of `ends`. Return: owned, or NULL if a quote stays open. */
static char *take_text(struct reading *reading, const char *ends)
{
    struct strbuf text = {0};
    skip_blanks(reading);
    if (*reading->p != '"') {
        size_t length = strcspn(reading->p, ends);
        char *plain = xstrndup(reading->p, length);
        reading->p += length;
        return plain;
    }
    for (reading->p++; *reading->p && *reading->p != '"'; reading->p++) {
        if (*reading->p == '\\' && reading->p[1])
            reading->p++;
        strbuf_addc(&text, *reading->p);
    }
    if (take(reading, '"'))
        return strbuf_take(&text);
    strbuf_clear(&text);
    return NULL;
}

static bool take_frame(struct reading *reading, int64_t *at)
{
    char *digits = take_text(reading, " \t;},)");
    size_t length = digits ? strlen(digits) : 0;
    if (length && digits[length - 1] == 'L')
        digits[length - 1] = '\0';
    bool good = length && text_parse_i64(digits, at) && *at >= 0;
    free(digits);
    return good;
}

static bool take_key(struct reading *reading, const char *key)
{
    skip_blanks(reading);
    size_t length = strlen(key);
    if (strncmp(reading->p, key, length))
        return false;
    reading->p += length;
    return take(reading, '=') || take(reading, ':');
}

/* `{ name = TEXT; at = FRAME; }`, the settings in either order, or `TEXT FRAME`. */
static bool take_marker(struct reading *reading, struct show_marker *marker)
{
    bool braces = take(reading, '{');
    if (!braces) {
        marker->name = take_text(reading, " \t");
        return marker->name && take_frame(reading, &marker->at);
    }
    bool has_at = false;
    while (!take(reading, '}')) {
        if (!marker->name && take_key(reading, "name"))
            marker->name = take_text(reading, ";,}");
        else if (!has_at && take_key(reading, "at"))
            has_at = take_frame(reading, &marker->at);
        else if (!marker->extra && take_key(reading, "extra"))
            marker->extra = take_text(reading, ";,}");
        else
            return false;
        if (!take(reading, ';'))
            take(reading, ',');
    }
    if (!marker->name)
        marker->name = xstrdup("");
    return has_at;
}

static bool take_list(struct reading *reading)
{
    bool parens = take(reading, '(');
    for (;;) {
        skip_blanks(reading);
        if (parens ? take(reading, ')') : !*reading->p)
            break;
        if (reading->markers == SHOW_MARKERS)
            return false;
        struct show_marker *marker = &reading->marker[reading->markers++];
        if (!take_marker(reading, marker) || text_has_control(marker->name) ||
            !utf8_valid(marker->name, strlen(marker->name)))
            return false;
        take(reading, ',');
    }
    skip_blanks(reading);
    return !*reading->p;
}

int markers_parse(struct show_clip *clip, const char *text, struct err *err)
{
    struct reading reading = {.p = text};
    bool good = take_list(&reading);
    struct show_clip parsed = {.markers = reading.markers};
    memcpy(parsed.marker, reading.marker, sizeof reading.marker);
    markers_clear(good ? clip : &parsed);
    if (!good)
        return err_set(err, ERR_USAGE,
                       "markers: up to %d of ( { name = TEXT; at = FRAME; }, ... ), names without control characters",
                       SHOW_MARKERS);
    memcpy(clip->marker, reading.marker, sizeof reading.marker);
    clip->markers = reading.markers;
    return 0;
}
