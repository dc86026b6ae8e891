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
#include "show/scan.h"
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
    struct scan scan;
    struct show_marker marker[SHOW_MARKERS];
    int markers;
};

static bool take_frame(struct scan *scan, int64_t *at)
{
    char *digits = scan_text(scan, " \t;},)");
    size_t length = digits ? strlen(digits) : 0;
    if (length && digits[length - 1] == 'L')
        digits[length - 1] = '\0';
    bool good = length && text_parse_i64(digits, at) && *at >= 0;
    free(digits);
    return good;
}

/* `{ name = TEXT; at = FRAME; }`, the settings in either order, or `TEXT FRAME`. */
static bool take_marker(struct scan *scan, struct show_marker *marker)
{
    bool braces = scan_take(scan, '{');
    if (!braces) {
        marker->name = scan_text(scan, " \t");
        return marker->name && take_frame(scan, &marker->at);
    }
    bool has_at = false;
    while (!scan_take(scan, '}')) {
        if (!marker->name && scan_key(scan, "name"))
            marker->name = scan_text(scan, ";,}");
        else if (!has_at && scan_key(scan, "at"))
            has_at = take_frame(scan, &marker->at);
        else if (!marker->extra && scan_key(scan, "extra"))
            marker->extra = scan_text(scan, ";,}");
        else
            return false;
        if (!scan_take(scan, ';'))
            scan_take(scan, ',');
    }
    if (!marker->name)
        marker->name = xstrdup("");
    return has_at;
}

static bool take_list(struct reading *reading)
{
    struct scan *scan = &reading->scan;
    bool parens = scan_take(scan, '(');
    for (;;) {
        if (parens ? scan_take(scan, ')') : scan_at_end(scan))
            break;
        if (reading->markers == SHOW_MARKERS)
            return false;
        struct show_marker *marker = &reading->marker[reading->markers++];
        if (!take_marker(scan, marker) || text_has_control(marker->name) ||
            !utf8_valid(marker->name, strlen(marker->name)))
            return false;
        scan_take(scan, ',');
    }
    return scan_at_end(scan);
}

int markers_parse(struct show_clip *clip, const char *text, struct err *err)
{
    struct reading reading = {.scan = {.p = text}};
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
