/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meters: see meters.h. */
#include "config.h"

#include "screen/meters.h"
#include "screen/runes.h"
#include "screen/term.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BAR_LEAST = 7, BAR_WIDE = 14, BAR_MOST = 24, LABEL = 2, DECIBELS = 4, LOUDNESS = 5, VOICES = 6 };

static const char *const labels[STATE_BUSSES] = {"A", "B", "C", "D", "Aud"};

void meters_init(struct meters *meters)
{
    memset(meters, 0, sizeof *meters);
    for (int bus = 0; bus < STATE_BUSSES; bus++)
        meters->peak_db[bus] = meters->held_db[bus] = meters->loudness[bus] = -INFINITY;
}

static double to_db(float lin)
{
    double db = lin > 0 ? 20 * log10((double)lin) : -INFINITY;
    return db < METERS_FLOOR_DB ? -INFINITY : db;
}

/* A count that falls is that of another engine. */
static void update_over(struct meters *meters, int bus, uint32_t over, uint64_t now_ns)
{
    if (over > meters->over[bus])
        meters->over_until_ns[bus] = now_ns + METERS_OVER_NS;
    else if (now_ns >= meters->over_until_ns[bus])
        meters->over_until_ns[bus] = 0;
    meters->over[bus] = over;
}

void meters_update(struct meters *meters, const struct snapshot *snapshot, uint64_t now_ns)
{
    if (now_ns < meters->next_ns)
        return;
    meters->next_ns = now_ns + METERS_EVERY_NS;
    meters->fresh = true;
    meters->used = (int)(snapshot->live.voices_used + 1) / 2;
    for (int bus = 0; bus < STATE_BUSSES; bus++) {
        double db = to_db(snapshot->live.bus[bus].peak_lin);
        meters->loudness[bus] = to_db(snapshot->live.bus[bus].short_term_lin);
        update_over(meters, bus, snapshot->live.bus[bus].over, now_ns);
        meters->peak_db[bus] = db;
        if (db < meters->held_db[bus] && now_ns < meters->held_until_ns[bus])
            continue;
        if (db >= meters->held_db[bus] || db > -INFINITY || meters->held_db[bus] > -INFINITY)
            meters->held_until_ns[bus] = now_ns + METERS_HOLD_NS;
        meters->held_db[bus] = db;
    }
}

static void fmt_level(char *out, size_t size, const struct state_bus *bus, double held_db, bool over, const struct glyphs *glyphs)
{
    if (bus->mute)
        snprintf(out, size, "mute");
    else if (over)
        snprintf(out, size, "over");
    else if (held_db > -INFINITY)
        snprintf(out, size, "%.0f", floor(held_db + 0.5) + 0.0);
    else
        snprintf(out, size, "%s", glyphs->minus_inf);
}

static int part_of(double db)
{
    return db <= METERS_FLOOR_DB ? 0 : db >= 0 ? 600 : (int)((db - METERS_FLOOR_DB) * 10);
}

static int draw_meter(const struct meters *meters, const struct state_bus *bus, int index, const struct glyphs *glyphs, int y,
                      int x, int bar)
{
    static const enum term_hue hues[STATE_BUSSES] = {TERM_CYAN, TERM_GREEN, TERM_MAGENTA, TERM_BLUE, TERM_DEFAULT};
    double held = meters->held_db[index];
    unsigned hue = hues[index], label_style = bus->mute ? TERM_DIM : bus->solo ? hue | TERM_REVERSE : hue | TERM_BOLD;
    char text[160], level[8];
    int start = x + term_put(y, x, LABEL + 2, label_style, labels[index]) + 1;
    glyphs_bar(text, sizeof text, glyphs, bar, part_of(meters->peak_db[index]), 600);
    term_put(y, start, bar, bus->mute ? TERM_DIM : hue, text);
    int held_cell = part_of(held) * bar / 601;
    if (held_cell > part_of(meters->peak_db[index]) * bar / 600)
        term_put(y, start + held_cell, 1, held >= -1 ? TERM_RED | TERM_BOLD : hue, glyphs->peak);
    bool over = meters->over_until_ns[index] != 0;
    fmt_level(level, sizeof level, bus, held, over, glyphs);
    unsigned level_style = over || held >= -1 ? TERM_RED | TERM_BOLD : held > -INFINITY ? TERM_DEFAULT : TERM_DIM;
    term_put(y, start + bar + DECIBELS - runes_width(level), DECIBELS, level_style, level);
    return start + bar + DECIBELS;
}

/* "-23L", behind the level. */
static int draw_loudness(double loudness, int y, int x)
{
    char text[LOUDNESS + 1] = "";
    if (loudness > -INFINITY)
        snprintf(text, sizeof text, "%dL", (int)floor(loudness + 0.5) % 1000);
    term_put(y, x + LOUDNESS - (int)strlen(text), LOUDNESS, TERM_DIM, text);
    return x + LOUDNESS;
}

void meters_draw(struct meters *meters, bool all, const struct snapshot *snapshot, const struct glyphs *glyphs, int y, int width)
{
    if (!meters->fresh && !all)
        return;
    meters->fresh = false;
    term_put_line(y, 0, width, TERM_DEFAULT, "");
    int room = (width - VOICES - 2 - STATE_BUSSES * (LABEL + DECIBELS + 1)) / STATE_BUSSES;
    int bar = room < BAR_LEAST ? BAR_LEAST : room > BAR_MOST ? BAR_MOST : room, gap = room > BAR_LEAST + 1 ? 2 : 1;
    bar -= gap - 1;
    bool wide = bar >= BAR_WIDE;
    int x = 0;
    for (int bus = 0; bus < STATE_BUSSES; bus++) {
        x = draw_meter(meters, &snapshot->live.bus[bus], bus, glyphs, y, x, wide ? bar - LOUDNESS : bar);
        if (wide)
            x = draw_loudness(meters->loudness[bus], y, x);
        x += gap;
    }
    char voices[16];
    snprintf(voices, sizeof voices, "%d/24", meters->used);
    term_put(y, width - runes_width(voices), VOICES, meters->used >= 24 ? TERM_RED | TERM_BOLD : TERM_DEFAULT, voices);
}
