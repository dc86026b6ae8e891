/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One grid cell: see cell.h. The items are tried from all to fewest; the first set that fits is drawn.
 * Blanks between items of the head are a courtesy: they go before the hotkey does.
 */
#include "config.h"

#include "screen/cell.h"
#include "base/text.h"
#include "screen/runes.h"
#include "screen/term.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Items in the order they go. */
enum item { ITEM_STEREO, ITEM_ELAPSED, ITEM_KEY, ITEM_NUMBER, ITEM_LOOP, ITEM_REMAINING, ITEMS };

struct pack {                           /* one try: which items are in, as text, and how wide they come out */
    const struct cell_view *view;
    const struct glyphs *glyphs;
    int width, height;
    int dropped;                        /* items below this are out */
    bool spaced;                        /* blanks in the head */
    char left[32], right[24], times[32];
};

enum cell_state cell_state_of(const struct state_cell *cell, const struct state_voice *voice)
{
    if (voice) {
        switch ((enum state_voice_kind)voice->kind) {
        case STATE_VOICE_QUEUED: return CELL_QUEUED;
        case STATE_VOICE_PLAYING:
            return voice->remaining_ns >= 0 && voice->remaining_ns < GLYPHS_URGENT_NS ? CELL_ENDING : CELL_PLAYING;
        case STATE_VOICE_STOPPING: return CELL_STOPPING;
        case STATE_VOICE_LOOPING: return CELL_LOOPING;
        case STATE_VOICE_PAUSED: return CELL_PAUSED;
        case STATE_VOICE_AUDITIONING: return CELL_AUDITIONING;
        case STATE_VOICE_RECORDING: return CELL_RECORDING;
        case STATE_VOICE_FREE: break;
        }
    }
    switch ((enum state_media)cell->media) {
    case STATE_MEDIA_NONE: case STATE_MEDIA_LOADING: return CELL_LOADING;
    case STATE_MEDIA_MISSING: return CELL_MISSING;
    case STATE_MEDIA_BROKEN: return CELL_BROKEN;
    case STATE_MEDIA_COLD: return CELL_COLD;
    case STATE_MEDIA_READY: break;
    }
    return CELL_READY;
}

unsigned cell_hue(const struct snapshot *snapshot, const struct state_cell *cell)
{
    static const enum term_hue by_letter[STATE_GROUPS] = {TERM_CYAN, TERM_GREEN, TERM_MAGENTA, TERM_BLUE};
    int group = cell->group % STATE_GROUPS;
    return term_hue_named(cell->color, term_hue_named(snapshot->desk.group[group].color, by_letter[group]));
}

static void view_times(struct cell_view *view, const struct state_cell *cell, const struct state_voice *voice)
{
    bool waits = !voice || view->state == CELL_QUEUED;
    view->elapsed_ns = waits ? CELL_NO_TIME : voice->elapsed_ns;
    if (waits || voice->kind == STATE_VOICE_RECORDING)
        view->remaining_ns = CELL_NO_TIME;
    else
        view->remaining_ns = voice->remaining_ns < 0 ? CELL_FOREVER : voice->remaining_ns;
    view->progress = waits ? -1 : (int32_t)(voice->progress & 0xffff);
    if (view->state == CELL_READY && cell->file_rate)
        glyphs_fmt_time(view->word, sizeof view->word, (cell->length_frames + cell->file_rate / 2) / cell->file_rate, 7);
    else if (view->state != CELL_READY && waits)
        snprintf(view->word, sizeof view->word, "%s", glyphs_state_word(view->state));
}

void cell_view_clip(struct cell_view *view, const struct snapshot *snapshot, int slot)
{
    const struct state_cell *cell = &snapshot->cell[slot];
    const struct state_voice *voice = snapshot_voice_of(snapshot, slot);
    const struct state_tab *tab = &snapshot->desk.tab[cell->tab % STATE_TABS];
    memset(view, 0, sizeof *view);
    view->used = true;
    view->state = cell_state_of(cell, voice);
    view->number = cell->row * tab->columns + cell->column + 1;
    view->number_width = tab->rows * tab->columns > 999 ? 4 : tab->rows * tab->columns > 99 ? 3 : 2;
    view->group = (char)('A' + cell->group % STATE_GROUPS);
    view->hue = cell_hue(snapshot, cell);
    view->loops = cell->flags & STATE_CELL_LOOP;
    view->stereo = cell->flags & STATE_CELL_STEREO;
    text_copy(view->name, sizeof view->name, cell->name[0] ? cell->name : cell->id);
    view_times(view, cell, voice);
}

uint64_t cell_face(const struct state_voice *voice, int bar_cells)
{
    if (!voice)
        return 0;
    int64_t ns = voice->remaining_ns;
    uint64_t remaining = 0;             /* endless; else 1-101 tenths, or more: seconds */
    if (ns >= 0)
        remaining = ns < GLYPHS_URGENT_NS ? 1 + (uint64_t)(ns + 99999999) / 100000000
            : 102 + (uint64_t)(ns + 999999999) / 1000000000;
    uint64_t eighths = (voice->progress & 0xffff) * (uint64_t)bar_cells * 8 / 65535;
    uint64_t elapsed = (uint64_t)voice->elapsed_ns / 1000000000;
    return voice->kind | (voice->serial & 0xff) << 3 | (eighths & 0x3ff) << 11 | (elapsed & 0x1fffff) << 21 | remaining << 42;
}

static bool has(const struct pack *pack, enum item item)
{
    return (int)item >= pack->dropped;
}

static void make_head(struct pack *pack)
{
    const struct cell_view *view = pack->view;
    const char *loop = !has(pack, ITEM_LOOP) ? "" : view->loops ? pack->glyphs->loop : pack->spaced ? " " : "";
    const char *state = pack->glyphs->state[view->state];
    if (view->state == CELL_LOOPING && !has(pack, ITEM_LOOP))
        state = pack->glyphs->loop;
    const char *key = !has(pack, ITEM_KEY) ? "" : view->key[0] ? view->key : pack->spaced ? " " : "";
    const char *stereo = !has(pack, ITEM_STEREO) ? "" : view->stereo ? "s" : "m";
    const char *blank = pack->spaced && has(pack, ITEM_KEY) ? " " : "";
    snprintf(pack->left, sizeof pack->left, "%s%s%s%c%s%s", state, key, blank, view->group, loop, stereo);
    pack->right[0] = '\0';
    if (has(pack, ITEM_NUMBER))
        snprintf(pack->right, sizeof pack->right, "%*d", view->number_width, view->number);
}

static void make_times(struct pack *pack)
{
    const struct cell_view *view = pack->view;
    char elapsed[16] = "", remaining[16] = "";
    pack->times[0] = '\0';
    if (view->word[0]) {
        if (has(pack, ITEM_REMAINING))
            snprintf(pack->times, sizeof pack->times, "%s", view->word);
        return;
    }
    bool forever = view->remaining_ns == CELL_FOREVER;
    if (has(pack, ITEM_ELAPSED) && view->elapsed_ns >= 0)
        glyphs_fmt_time(elapsed, sizeof elapsed, view->elapsed_ns / 1000000000, pack->width);
    if (has(pack, ITEM_REMAINING) && forever)
        snprintf(remaining, sizeof remaining, "%s", pack->glyphs->forever);
    else if (has(pack, ITEM_REMAINING) && view->remaining_ns >= 0)
        glyphs_fmt_remaining(remaining, sizeof remaining, view->remaining_ns, pack->width);
    snprintf(pack->times, sizeof pack->times, "%s%s%s", elapsed, elapsed[0] && remaining[0] ? " " : "", remaining);
}

static int head_width(const struct pack *pack)
{
    return runes_width(pack->left) + runes_width(pack->right);
}

/* Columns the name needs when it shares a line: 3, or less if it is shorter. */
static int name_need(const struct pack *pack)
{
    int width = runes_width(pack->view->name);
    return width < 3 ? width : 3;
}

static bool fits(const struct pack *pack)
{
    int times = runes_width(pack->times), head = head_width(pack), beside = times ? times + 1 : 0;
    if (pack->height >= 3)
        return head <= pack->width && times <= pack->width;
    if (pack->height == 2)
        return head + times <= pack->width || (head <= pack->width && name_need(pack) + beside <= pack->width);
    return head + 1 + name_need(pack) + beside <= pack->width;
}

static void pack_items(struct pack *pack)
{
    for (pack->dropped = 0; pack->dropped <= ITEMS; pack->dropped++) {
        for (int compact = 0; compact <= (has(pack, ITEM_STEREO) ? 0 : 1); compact++) {
            pack->spaced = !compact;
            make_head(pack);
            make_times(pack);
            if (fits(pack))
                return;
        }
    }
}

__attribute__((format(printf, 6, 7)))
static void add(struct cell_layout *layout, int y, int x, int width, unsigned style, const char *format, ...)
{
    if (layout->runs == CELL_RUNS || width <= 0)
        return;
    struct cell_run *run = &layout->run[layout->runs++];
    char text[CELL_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    *run = (struct cell_run){.y = y, .x = x, .style = style};
    runes_copy(run->text, sizeof run->text, text, width, "");
}

unsigned cell_style(enum cell_state state, unsigned hue)
{
    switch (state) {
    case CELL_PLAYING: case CELL_LOOPING: case CELL_AUDITIONING: return hue | TERM_BOLD;
    case CELL_STOPPING: case CELL_PAUSED: case CELL_QUEUED: return hue;
    case CELL_ENDING: return TERM_YELLOW | TERM_BOLD;
    case CELL_RECORDING: return TERM_RED | TERM_BOLD;
    case CELL_MISSING: case CELL_BROKEN: return TERM_RED;
    case CELL_EMPTY: case CELL_LOADING: case CELL_COLD: return TERM_DIM;
    default: return TERM_DEFAULT;
    }
}

static unsigned times_style(const struct cell_view *view)
{
    if (view->word[0])
        return view->state == CELL_MISSING || view->state == CELL_BROKEN ? TERM_RED : TERM_DIM;
    if (view->remaining_ns >= 0 && view->remaining_ns < GLYPHS_URGENT_NS / 2)
        return TERM_RED | TERM_BOLD;
    return cell_style(view->state, TERM_DEFAULT);
}

/* State and name share the state's look, the group letter has the hue, the rest is quiet. */
static void add_head(struct cell_layout *layout, const struct pack *pack)
{
    const struct cell_view *view = pack->view;
    unsigned look = cell_style(view->state, view->hue);
    size_t state = runes_fit(pack->left, 1), letter = strlen(pack->left);
    while (letter > 0 && pack->left[letter - 1] != view->group)
        letter--;
    letter--;
    int x = runes_width(pack->left) - runes_width(pack->left + letter);
    add(layout, 0, 0, 1, look, "%.*s", (int)state, pack->left);
    add(layout, 0, 1, x - 1, TERM_DEFAULT, "%.*s", (int)(letter - state), pack->left + state);
    add(layout, 0, x, pack->width - x, view->hue | (look & TERM_BOLD), "%s", pack->left + letter);
}

static void add_number(struct cell_layout *layout, const struct pack *pack)
{
    int width = runes_width(pack->right);
    add(layout, 0, pack->width - width, width, TERM_DIM, "%s", pack->right);
}

static void add_name(struct cell_layout *layout, const struct pack *pack, int y, int x, int width)
{
    char name[CELL_TEXT];
    const char *mark = width >= 8 ? pack->glyphs->cut : "";
    runes_copy(name, sizeof name, pack->view->name, width, mark);
    enum cell_state state = pack->view->state == CELL_ENDING ? CELL_PLAYING : pack->view->state;
    add(layout, y, x, width, cell_style(state, pack->view->hue), "%s", name);
}

static void add_tall(struct cell_layout *layout, const struct pack *pack)
{
    const struct cell_view *view = pack->view;
    char bar[CELL_TEXT];
    add_head(layout, pack);
    add_number(layout, pack);
    add_name(layout, pack, 1, 0, pack->width);
    add(layout, 2, 0, pack->width, times_style(view), "%s", pack->times);
    if (pack->height < 4 || view->progress < 0)
        return;
    glyphs_bar(bar, sizeof bar, pack->glyphs, pack->width < 60 ? pack->width : 60, view->progress, 65535);
    add(layout, 3, 0, pack->width, view->hue, "%s", bar);
}

static void add_two(struct cell_layout *layout, const struct pack *pack)
{
    int times = runes_width(pack->times), spare = pack->width - head_width(pack) - times;
    bool above = spare >= 0;            /* the times stand in the head */
    add_head(layout, pack);
    if (above)
        add(layout, 0, runes_width(pack->left) + (spare + 1) / 2, times, times_style(pack->view), "%s", pack->times);
    add_number(layout, pack);
    add_name(layout, pack, 1, 0, above ? pack->width : pack->width - times - 1);
    if (!above)
        add(layout, 1, pack->width - times, times, times_style(pack->view), "%s", pack->times);
}

static void add_one(struct cell_layout *layout, const struct pack *pack)
{
    int times = runes_width(pack->times), head = head_width(pack);
    add_head(layout, pack);
    add(layout, 0, runes_width(pack->left), runes_width(pack->right), TERM_DIM, "%s", pack->right);
    add_name(layout, pack, 0, head + 1, pack->width - head - 1 - (times ? times + 1 : 0));
    if (times)
        add(layout, 0, pack->width - times, times, times_style(pack->view), "%s", pack->times);
}

void cell_layout(struct cell_layout *layout, const struct cell_view *view, const struct glyphs *glyphs, int width, int height)
{
    layout->runs = 0;
    if (width < 2 || height < 1)
        return;
    if (!view->used) {
        add(layout, 0, 0, width, TERM_DIM, " %s", view->key);
        return;
    }
    struct pack pack = {.view = view, .glyphs = glyphs, .width = width, .height = height};
    pack_items(&pack);
    if (height >= 3)
        add_tall(layout, &pack);
    else if (height == 2)
        add_two(layout, &pack);
    else
        add_one(layout, &pack);
}
