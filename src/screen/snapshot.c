/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen's copy of the state: see snapshot.h. */
#include "config.h"

#include "screen/snapshot.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

void snapshot_open(struct snapshot *snapshot, const struct state_segment *segment)
{
    if (!snapshot->cell) {
        snapshot->cell = xcalloc(STATE_CELLS, sizeof *snapshot->cell);
        snapshot->cell_revision = xcalloc(STATE_CELLS, sizeof *snapshot->cell_revision);
    }
    snapshot->segment = segment;
    for (int slot = 0; slot < STATE_CELLS; slot++) {
        snapshot->cell[slot].used = 0;
        snapshot->cell_revision[slot] = 0;
    }
    snapshot->live_revision = snapshot->desk_revision = snapshot->cells_revision = snapshot->inputs_revision = 0;
    memset(&snapshot->inputs, 0, sizeof snapshot->inputs);
    memset(&snapshot->live, 0, sizeof snapshot->live);
    for (int i = 0; i < STATE_VOICES; i++)
        snapshot->live.voice[i].clip = STATE_NO_CLIP;
    memset(snapshot->at, 0xff, sizeof snapshot->at);
    snapshot->fired = STATE_NO_CLIP;
    snapshot->fired_serial = 0;
    snapshot_take(snapshot);
}

void snapshot_close(struct snapshot *snapshot)
{
    free(snapshot->cell);
    free(snapshot->cell_revision);
    snapshot->cell = NULL;
    snapshot->cell_revision = NULL;
}

static void map_cell(struct snapshot *snapshot, int slot)
{
    const struct state_cell *cell = &snapshot->cell[slot];
    if (!cell->used || cell->tab >= STATE_TABS)
        return;
    for (int row = cell->row; row < cell->row + cell->rows && row < STATE_ROWS; row++)
        for (int column = cell->column; column < cell->column + cell->columns && column < STATE_COLUMNS; column++)
            snapshot->at[cell->tab][row][column] = (uint16_t)slot;
}

static bool take_cells(struct snapshot *snapshot)
{
    const struct state_segment *segment = snapshot->segment;
    uint32_t revision = atomic_load_explicit(&segment->cells_revision, memory_order_acquire);
    if (revision == snapshot->cells_revision)
        return false;
    bool whole = true;
    for (int slot = 0; slot < STATE_CELLS; slot++) {
        uint32_t now = seqlock_revision(&segment->cell_lock[slot]);
        if (now == snapshot->cell_revision[slot])
            continue;
        if (seqlock_read(&segment->cell_lock[slot], &segment->cell[slot], &snapshot->cell[slot], sizeof snapshot->cell[slot]))
            snapshot->cell_revision[slot] = now;
        else
            whole = false;              /* the writer is in it: the next frame tries again */
    }
    if (whole)
        snapshot->cells_revision = revision;
    memset(snapshot->at, 0xff, sizeof snapshot->at);
    for (int slot = 0; slot < STATE_CLIPS; slot++)
        map_cell(snapshot, slot);
    return true;
}

static bool take_desk(struct snapshot *snapshot)
{
    const struct state_segment *segment = snapshot->segment;
    uint32_t revision = seqlock_revision(&segment->desk_lock);
    if (revision == snapshot->desk_revision)
        return false;
    if (!seqlock_read(&segment->desk_lock, &segment->desk, &snapshot->desk, sizeof snapshot->desk))
        return false;
    snapshot->desk_revision = revision;
    return true;
}

static bool take_live(struct snapshot *snapshot)
{
    const struct state_segment *segment = snapshot->segment;
    uint32_t revision = seqlock_revision(&segment->live_lock);
    if (revision == snapshot->live_revision)
        return false;
    struct state_live live;
    if (!seqlock_read(&segment->live_lock, &segment->live, &live, sizeof live))
        return false;
    snapshot->live = live;
    snapshot->live_revision = revision;
    return true;
}

/* Levels and time of the inputs. Return: true if that is worth a look: an input is armed or recorded. */
static bool take_inputs(struct snapshot *snapshot)
{
    const struct state_segment *segment = snapshot->segment;
    uint32_t revision = seqlock_revision(&segment->inputs_lock);
    if (revision == snapshot->inputs_revision ||
        !seqlock_read(&segment->inputs_lock, &segment->inputs, &snapshot->inputs, sizeof snapshot->inputs))
        return false;
    snapshot->inputs_revision = revision;
    return snapshot->desk.record[0].take != STATE_TAKE_NONE || snapshot->desk.record[1].take != STATE_TAKE_NONE;
}

static bool voice_moves(const struct state_voice *voice)
{
    return voice->kind != STATE_VOICE_FREE && voice->kind != STATE_VOICE_QUEUED && voice->kind != STATE_VOICE_PAUSED;
}

/* Is `a` rather to be shown than `b`, of voices of one clip? */
static bool tells_more(const struct state_voice *a, const struct state_voice *b)
{
    bool a_stops = a->kind == STATE_VOICE_STOPPING, b_stops = b->kind == STATE_VOICE_STOPPING;
    return a_stops != b_stops ? b_stops : a->serial > b->serial;
}

static void note_voice(struct snapshot *snapshot, int index)
{
    const struct state_voice *voice = &snapshot->live.voice[index];
    if (voice->kind == STATE_VOICE_FREE || voice->clip >= STATE_CELLS)
        return;
    snapshot->voices++;
    snapshot->moving |= voice_moves(voice);
    uint8_t *shown = &snapshot->voice_of[voice->clip];
    if (!*shown || tells_more(voice, &snapshot->live.voice[*shown - 1]))
        *shown = (uint8_t)(index + 1);
    const struct state_cell *cell = &snapshot->cell[voice->clip];
    if (cell->used && cell->tab < STATE_TABS)
        snapshot->tab_sounds[cell->tab]++;
    if (voice->kind != STATE_VOICE_AUDITIONING && voice->serial > snapshot->fired_serial) {
        snapshot->fired_serial = voice->serial;
        snapshot->fired = voice->clip;
    }
}

static void note_recording(struct snapshot *snapshot, int input)
{
    const struct state_record *record = &snapshot->desk.record[input];
    const struct state_inputs *inputs = &snapshot->inputs;
    struct state_voice *voice = &snapshot->recording[input];
    *voice = (struct state_voice){.clip = STATE_NO_CLIP};
    if (record->take == STATE_TAKE_NONE)
        return;
    snapshot->moving = true;
    if (record->take != STATE_TAKE_RUNNING)
        return;
    int64_t frames = inputs->frame > record->first_frame ? (int64_t)(inputs->frame - record->first_frame) : 0;
    *voice = (struct state_voice){.clip = record->clip, .kind = STATE_VOICE_RECORDING, .position_frames = frames,
                                  .elapsed_ns = inputs->rate ? frames * 1000 / inputs->rate * 1000000 : 0, .remaining_ns = -1};
    if (record->clip < STATE_CLIPS)
        snapshot->voice_of[record->clip] = (uint8_t)(STATE_VOICES + 1 + input);
}

static void note_voices(struct snapshot *snapshot)
{
    memset(snapshot->voice_of, 0, sizeof snapshot->voice_of);
    memset(snapshot->tab_sounds, 0, sizeof snapshot->tab_sounds);
    snapshot->voices = 0;
    snapshot->moving = false;
    for (int i = 0; i < STATE_VOICES; i++)
        note_voice(snapshot, i);
    for (int bus = 0; bus < STATE_BUSSES; bus++)
        snapshot->moving |= snapshot->live.bus[bus].peak_lin >= 0.001f;
    for (int input = 0; input < STATE_INPUTS; input++)
        note_recording(snapshot, input);
}

bool snapshot_take(struct snapshot *snapshot)
{
    bool changed = take_cells(snapshot);
    changed |= take_desk(snapshot);
    bool heard = take_inputs(snapshot);
    if (take_live(snapshot) || changed || heard)
        note_voices(snapshot);
    return changed;
}

const struct state_cell *snapshot_cell_at(const struct snapshot *snapshot, int tab, int row, int column)
{
    if (tab < 0 || tab >= STATE_TABS || row < 0 || row >= STATE_ROWS || column < 0 || column >= STATE_COLUMNS)
        return NULL;
    uint16_t slot = snapshot->at[tab][row][column];
    return slot < STATE_CLIPS ? &snapshot->cell[slot] : NULL;
}

const struct state_voice *snapshot_voice_of(const struct snapshot *snapshot, int slot)
{
    uint8_t shown = snapshot->voice_of[slot];
    if (shown > STATE_VOICES)
        return &snapshot->recording[shown - STATE_VOICES - 1];
    return shown ? &snapshot->live.voice[shown - 1] : NULL;
}

bool snapshot_has_tab(const struct snapshot *snapshot, int tab)
{
    return tab >= 0 && tab < STATE_TABS && snapshot->desk.tab[tab].rows > 0;
}
