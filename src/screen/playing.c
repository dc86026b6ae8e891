/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The playing list: see playing.h. */
#include "config.h"

#include "screen/playing.h"
#include "screen/cell.h"
#include "screen/runes.h"
#include "screen/term.h"

#include <stdio.h>
#include <string.h>

/* Columns of an entry: with room, cut, and without the name. */
static const int entry_widths[] = {40, 26, 20};

void playing_init(struct playing *playing)
{
    memset(playing, 0, sizeof *playing);
}

static int find_voice(const struct snapshot *snapshot, uint64_t serial)
{
    for (int i = 0; i < STATE_VOICES; i++) {
        const struct state_voice *voice = &snapshot->live.voice[i];
        if (voice->kind != STATE_VOICE_FREE && voice->serial == serial && voice->clip < STATE_CELLS)
            return i;
    }
    return -1;
}

static int place_of(const struct playing *playing, uint64_t serial)
{
    for (int place = 0; place < STATE_VOICES; place++)
        if (playing->serial[place] == serial)
            return place;
    return -1;
}

void playing_update(struct playing *playing, const struct snapshot *snapshot, int places)
{
    for (int place = 0; place < STATE_VOICES; place++) {
        int voice = playing->serial[place] ? find_voice(snapshot, playing->serial[place]) : -1;
        playing->serial[place] = voice < 0 ? 0 : playing->serial[place];
        playing->voice[place] = (uint8_t)(voice < 0 ? 0 : voice);
    }
    for (int i = 0; i < STATE_VOICES; i++) {
        const struct state_voice *voice = &snapshot->live.voice[i];
        if (voice->kind == STATE_VOICE_FREE || voice->clip >= STATE_CELLS || place_of(playing, voice->serial) >= 0)
            continue;
        int place = place_of(playing, 0);
        playing->serial[place] = voice->serial;
        playing->voice[place] = (uint8_t)i;
    }
    for (int last = STATE_VOICES - 1; last >= places; last--) {
        int free_place = place_of(playing, 0);
        if (!playing->serial[last] || free_place < 0 || free_place >= places)
            continue;
        playing->serial[free_place] = playing->serial[last];
        playing->voice[free_place] = playing->voice[last];
        playing->serial[last] = 0;
    }
}

int playing_per_line(int voices, int width, int height)
{
    int per_line = 1;
    for (int i = 0; i < 3; i++) {
        per_line = width / entry_widths[i] > 0 ? width / entry_widths[i] : 1;
        if (per_line * height >= voices)
            break;
    }
    return per_line;
}

static void fmt_times(char *out, size_t size, const struct state_voice *voice, const struct glyphs *glyphs)
{
    char elapsed[16], remaining[16];
    if (voice->kind == STATE_VOICE_QUEUED) {
        snprintf(out, size, "queued");
        return;
    }
    glyphs_fmt_time(elapsed, sizeof elapsed, voice->elapsed_ns / 1000000000, 8);
    if (voice->remaining_ns < 0)
        snprintf(remaining, sizeof remaining, "%s", glyphs->forever);
    else
        glyphs_fmt_remaining(remaining, sizeof remaining, voice->remaining_ns, 9);
    snprintf(out, size, "%s %*s%s", elapsed, 5 - runes_width(remaining) > 0 ? 5 - runes_width(remaining) : 0, "", remaining);
}

static void draw_entry(const struct snapshot *snapshot, const struct state_voice *voice, const struct glyphs *glyphs, int y,
                       int x, int width)
{
    const struct state_cell *cell = &snapshot->cell[voice->clip];
    enum cell_state state = cell_state_of(cell, voice);
    unsigned hue = cell_hue(snapshot, cell), look = cell_style(state, hue);
    bool named = width >= entry_widths[1] - 1;
    char times[40], head[48], name[256];
    fmt_times(times, sizeof times, voice, glyphs);
    if (voice->clip == STATE_CELL_FILE)
        snprintf(head, sizeof head, "%s%sfile", glyphs->state[state], named ? " " : "");
    else
        snprintf(head, sizeof head, "%s%s%d/%d/%d", glyphs->state[state], named ? " " : "", cell->tab + 1, cell->row + 1,
                 cell->column + 1);
    int at = width - runes_width(times);
    int used = term_put(y, x, width, look, head) + 1;
    if (named) {
        runes_copy(name, sizeof name, cell->name[0] ? cell->name : cell->id, at - used - 3, glyphs->cut);
        term_put(y, x + used, at - used - 3, look, name);
    }
    const char letter[2] = {(char)('A' + cell->group % STATE_GROUPS), '\0'};
    term_put(y, x + (used > at - 1 ? at - 1 : at - 2), 1, hue, letter);
    bool urgent = voice->remaining_ns >= 0 && voice->remaining_ns < GLYPHS_URGENT_NS / 2;
    term_put(y, x + at, width - at, urgent ? TERM_RED | TERM_BOLD : cell_style(state, TERM_DEFAULT), times);
}

static void draw_place(struct playing *playing, const struct snapshot *snapshot, const struct glyphs *glyphs, int place, int y,
                       int x, int width)
{
    const struct state_voice *voice = playing->serial[place] ? &snapshot->live.voice[playing->voice[place]] : NULL;
    uint64_t face = cell_face(voice, 0);
    if (face == playing->face[place])
        return;
    playing->face[place] = face;
    term_put_line(y, x, width, TERM_DEFAULT, "");
    if (voice)
        draw_entry(snapshot, voice, glyphs, y, x, width - 1 - (width > 30));
}

void playing_draw(struct playing *playing, bool all, const struct snapshot *snapshot, const struct glyphs *glyphs, int y,
                  int height, int width)
{
    if (height < 1)
        return;
    int per_line = playing_per_line(snapshot->voices, width, height), places = per_line * height;
    int pitch = width / per_line, hidden = snapshot->voices > places ? snapshot->voices - places : 0;
    playing_update(playing, snapshot, places);
    if (all || per_line != playing->per_line || hidden != playing->hidden) {
        for (int line = 0; line < height; line++)
            term_put_line(y + line, 0, width, TERM_DEFAULT, "");
        memset(playing->face, 0, sizeof playing->face);
    }
    playing->per_line = per_line;
    playing->hidden = hidden;
    int shown = hidden ? places - 1 : places;
    for (int place = 0; place < shown && place < STATE_VOICES; place++)
        draw_place(playing, snapshot, glyphs, place, y + place / per_line, place % per_line * pitch, pitch);
    if (hidden) {
        char more[32];
        snprintf(more, sizeof more, "and %d more", hidden + 1);
        term_put(y + height - 1, (per_line - 1) * pitch, pitch, TERM_BOLD, more);
    }
}
