/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places of a clip on a grid of time: see snap.h. */
#include "config.h"

#include "show/snap.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

#define FRAME_MOST (INT64_C(1) << 62)
#define BPM_LEAST 20.0
#define BPM_MOST 400.0

/* SPEC T6. 29.97 is the same grid with dropped numbers and without. */
static const struct {
    const char *name;
    struct snap_grid grid;
} divisions[] = {
    {"23.976", {24000, 1001}}, {"24", {24, 1}}, {"25", {25, 1}}, {"29.97", {30000, 1001}}, {"30", {30, 1}}, {"60", {60, 1}},
    {"75", {75, 1}},
};
enum { DIVISIONS = sizeof divisions / sizeof *divisions };

void snap_fmt_allowed(struct strbuf *out)
{
    for (int i = 0; i < DIVISIONS; i++)
        strbuf_addf(out, "%s%s", divisions[i].name, i < DIVISIONS - 1 ? ", " : " frames a second");
    strbuf_addf(out, ", or beats like 120bpm, from %g to %g", BPM_LEAST, BPM_MOST);
}

/* Beats a minute, in thousandths. */
static bool parse_beats(const char *text, struct snap_grid *grid)
{
    enum { THOUSAND = 1000, MINUTE = 60 };
    char number[16];
    double bpm;
    size_t length = strcspn(text, "b");
    if (length >= sizeof number || strcmp(text + length, "bpm"))
        return false;
    memcpy(number, text, length);
    number[length] = '\0';
    if (!text_parse_double(number, &bpm) || bpm < BPM_LEAST || bpm > BPM_MOST)
        return false;
    *grid = (struct snap_grid){(int64_t)floor(bpm * THOUSAND + 0.5), MINUTE * THOUSAND};
    return true;
}

int snap_parse_grid(const char *text, struct snap_grid *grid, struct err *err)
{
    for (int i = 0; i < DIVISIONS; i++) {
        if (!strcmp(text, divisions[i].name)) {
            *grid = divisions[i].grid;
            return 0;
        }
    }
    if (parse_beats(text, grid))
        return 0;
    struct strbuf allowed = {0};
    snap_fmt_allowed(&allowed);
    err_set(err, ERR_RANGE, "%s: %s", text, allowed.s);
    strbuf_clear(&allowed);
    return -1;
}

int64_t snap_frame(const struct snap_grid *grid, uint32_t rate, int64_t frame)
{
    int64_t stretch = grid->seconds * rate;                     /* frames in which `lines` lines lie */
    int64_t whole = frame / stretch, rest = frame % stretch;
    int64_t line = (2 * rest * grid->lines + stretch) / (2 * stretch);
    return whole * stretch + (2 * line * stretch + grid->lines) / (2 * grid->lines);
}

/* No file is longer, and nothing overflows. */
static int64_t within(int64_t frame)
{
    return frame < FRAME_MOST ? frame : FRAME_MOST;
}

int snap_clip(struct show_clip *clip, const struct snap_grid *grid, uint32_t rate, unsigned places, struct err *err)
{
    if (places & SNAP_IN && clip->in >= 0)
        clip->in = snap_frame(grid, rate, within(clip->in));
    if (places & SNAP_OUT && clip->out >= 0)
        clip->out = snap_frame(grid, rate, within(clip->out));
    for (int i = 0; places & SNAP_MARKERS && i < clip->markers; i++)
        clip->marker[i].at = snap_frame(grid, rate, within(clip->marker[i].at));
    struct show_fade_markers *fades = &clip->fade_markers;
    for (int i = 0; places & SNAP_FADE_MARKERS && i < fades->count; i++) {
        fades->fade[i].from = snap_frame(grid, rate, within(fades->fade[i].from));
        fades->fade[i].to = snap_frame(grid, rate, within(fades->fade[i].to));
        if (fades->fade[i].from >= fades->fade[i].to)
            return err_set(err, ERR_RANGE, "fade marker %d would have no length", i + 1);
    }
    if (clip->out >= 0 && (clip->in < 0 ? 0 : clip->in) >= clip->out)
        return err_set(err, ERR_RANGE, "IN has to be before OUT; they would fall on one place");
    return 0;
}
