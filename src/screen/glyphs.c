/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The characters of the screen, and times: see glyphs.h. */
#include "config.h"

#include "screen/glyphs.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct glyphs fine = {
    .state = {
        [CELL_EMPTY] = " ", [CELL_READY] = "·", [CELL_QUEUED] = "○", [CELL_PLAYING] = "▶", [CELL_ENDING] = "▷",
        [CELL_STOPPING] = "■", [CELL_LOOPING] = "▶", [CELL_PAUSED] = "‖", [CELL_AUDITIONING] = "◇", [CELL_RECORDING] = "●",
        [CELL_LOADING] = "…", [CELL_MISSING] = "?", [CELL_BROKEN] = "!", [CELL_COLD] = "~",
    },
    .loop = "↻", .forever = "∞", .minus_inf = "-∞", .side = "│", .between = "│", .cursor = "◂", .dot = " · ", .cut = "…",
    .bar = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}, .peak = "▕",
};

static const struct glyphs plain = {
    .state = {
        [CELL_EMPTY] = " ", [CELL_READY] = ".", [CELL_QUEUED] = "o", [CELL_PLAYING] = ">", [CELL_ENDING] = ")",
        [CELL_STOPPING] = "x", [CELL_LOOPING] = ">", [CELL_PAUSED] = "=", [CELL_AUDITIONING] = "a", [CELL_RECORDING] = "R",
        [CELL_LOADING] = "_", [CELL_MISSING] = "?", [CELL_BROKEN] = "!", [CELL_COLD] = "~",
    },
    .loop = "@", .forever = "oo", .minus_inf = "-oo", .side = "|", .between = "|", .cursor = "<", .dot = " - ", .cut = ".",
    .bar = {" ", " ", " ", " ", "-", "-", "-", "-", "="}, .peak = "|",
};

const struct glyphs *glyphs_get(bool ascii)
{
    return ascii ? &plain : &fine;
}

const char *glyphs_state_word(enum cell_state state)
{
    static const char *const words[CELL_STATES] = {
        "empty", "ready", "queued", "playing", "playing", "stopping", "looping", "paused", "auditioning", "recording",
        "loading", "missing", "broken", "cold",
    };
    return words[state];
}

void glyphs_bar(char *out, size_t size, const struct glyphs *glyphs, int width, int64_t part, int64_t whole)
{
    int64_t eighths = part <= 0 || whole <= 0 ? 0 : part >= whole ? width * 8 : part * width * 8 / whole;
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < width; i++, eighths -= 8) {
        const char *glyph = glyphs->bar[eighths <= 0 ? 0 : eighths >= 8 ? 8 : eighths];
        size_t bytes = strlen(glyph);
        if (used + bytes >= size)
            return;
        memcpy(out + used, glyph, bytes + 1);
        used += bytes;
    }
}

void glyphs_fmt_time(char *out, size_t size, int64_t seconds, int width)
{
    if (seconds >= 3600) {
        int used = snprintf(out, size, "%" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60), (int)(seconds % 60));
        if (used <= width)
            return;
    }
    snprintf(out, size, "%" PRId64 ":%02d", seconds / 60, (int)(seconds % 60));
}

void glyphs_fmt_remaining(char *out, size_t size, int64_t ns, int width)
{
    if (ns < 0)
        ns = 0;
    int64_t tenths = (ns + 99999999) / 100000000;
    if (ns < GLYPHS_URGENT_NS && tenths < 100) {
        snprintf(out, size, "-%d.%d", (int)(tenths / 10), (int)(tenths % 10));
        return;
    }
    out[0] = '-';
    glyphs_fmt_time(out + 1, size - 1, (tenths + 9) / 10, width - 1);
}

void glyphs_fmt_db(char *out, size_t size, const struct glyphs *glyphs, double db)
{
    if (isinf(db) && db < 0)
        snprintf(out, size, "%s", glyphs->minus_inf);
    else
        snprintf(out, size, "%.1f", db + 0.0);
}
