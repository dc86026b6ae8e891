/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document's cells, as screens see them: see mirror.c. */
#include "config.h"

#include "process/stage.h"
#include "base/text.h"
#include "wire/state.h"

/* Text of strangers: no control characters may reach a terminal (they become U+FFFD). */
static void put_text(char *to, size_t size, const char *from)
{
    struct strbuf clean = {0};
    text_fmt_clean(&clean, from ? from : "", false);
    text_copy(to, size, clean.s ? clean.s : "");
    strbuf_clear(&clean);
}

static void fill_cell(const struct stage *stage, int slot, struct state_cell *cell)
{
    static const char *const press[] = {"stop", "restart", "layer", "ignore", "pause"}, *const mode[] = {"once", "loop", "gate"};
    const struct show_clip *clip = show_clip(stage->show, slot);
    if (!clip)
        return;
    const struct stage_medium *medium = stage->clip_medium[slot] == STAGE_MEDIA_NONE ? NULL
                                        : &stage->media[stage->clip_medium[slot]];
    struct show_fades fades;
    char name[128];
    show_fades(stage->show, clip, &fades);
    *cell = (struct state_cell){
        .tab = (uint8_t)clip->tab, .row = (uint8_t)clip->row, .column = (uint8_t)clip->column, .used = 1,
        .rows = (uint8_t)clip->rows, .columns = (uint8_t)clip->columns, .group = (uint8_t)clip->group,
        .media = medium ? medium->state : STATE_MEDIA_COLD,
        .flags = (clip->mode == SHOW_MODE_LOOP ? STATE_CELL_LOOP : 0u) | (clip->mode == SHOW_MODE_GATE ? STATE_CELL_GATE : 0u) |
                 (clip->choke ? STATE_CELL_CHOKE : 0u) | (clip->pinned ? STATE_CELL_PINNED : 0u) |
                 (medium && medium->channels > 1 ? STATE_CELL_STEREO : 0u),
        .in_frames = clip->in < 0 ? 0 : clip->in,
        .fade_in_s = (float)fades.in_s, .fade_out_s = (float)fades.out_s, .gain_db = (float)clip->gain, .pan = (float)clip->pan,
    };
    if (medium && medium->file_rate) {
        int64_t out = clip->out < 0 || clip->out > medium->file_frames ? medium->file_frames : clip->out;
        cell->file_rate = medium->file_rate;
        cell->length_frames = out > cell->in_frames ? out - cell->in_frames : 0;
    }
    put_text(cell->id, sizeof cell->id, clip->id);
    put_text(cell->name, sizeof cell->name, show_clip_name(clip, name, sizeof name));
    put_text(cell->hotkey, sizeof cell->hotkey, clip->hotkey);
    put_text(cell->color, sizeof cell->color, clip->color);
    put_text(cell->notes, sizeof cell->notes, clip->notes);
    put_text(cell->press, sizeof cell->press, press[clip->press]);
    put_text(cell->mode, sizeof cell->mode, mode[clip->mode]);
    put_text(cell->media_note, sizeof cell->media_note, medium ? medium->note : "no room in clip memory's table");
}

void mirror_cell(struct stage *stage, int slot)
{
    if (!stage->state)
        return;
    struct state_cell cell = {0};
    fill_cell(stage, slot, &cell);
    if (mirror_has_quarantined(stage, slot))
        cell.media = STATE_MEDIA_BROKEN;
    seqlock_write_rt(&stage->state->cell_lock[slot], &stage->state->cell[slot], &cell, sizeof cell);
    atomic_fetch_add_explicit(&stage->state->cells_revision, 1, memory_order_release);
}

void mirror_file_cell(struct stage *stage)
{
    if (!stage->state)
        return;
    struct state_cell cell = {0};
    if (stage->file) {
        const struct stage_medium *medium = &stage->media[stage->file_medium];
        cell.media = medium->state;
        cell.flags = medium->channels > 1 ? STATE_CELL_STEREO : 0;
        cell.file_rate = medium->file_rate;
        cell.length_frames = medium->file_frames;
        put_text(cell.name, sizeof cell.name, stage->file);
    }
    seqlock_write_rt(&stage->state->cell_lock[STATE_CELL_FILE], &stage->state->cell[STATE_CELL_FILE], &cell, sizeof cell);
    atomic_fetch_add_explicit(&stage->state->cells_revision, 1, memory_order_release);
}

void mirror_cells(struct stage *stage)
{
    if (!stage->media_changed)
        return;
    stage->media_changed = false;
    for (int slot = 0; stage->state && slot < show_slots(stage->show); slot++)
        if (stage->clip_medium[slot] != STAGE_MEDIA_NONE && stage->media[stage->clip_medium[slot]].changed)
            mirror_cell(stage, slot);
    if (stage->file && stage->media[stage->file_medium].changed)
        mirror_file_cell(stage);
    for (uint32_t slot = 0; slot < stage->media_count; slot++)
        stage->media[slot].changed = false;
}
