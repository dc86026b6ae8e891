/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the screen knows of the show: its own copy of the state segment, taken block by block under
 * the seqlocks and only where a revision says that something is new. Everything that is drawn is
 * drawn from here, so one frame never mixes two states of a block.
 */
#ifndef SCREEN_SNAPSHOT_H
#define SCREEN_SNAPSHOT_H

#include "wire/state.h"

#include <stdbool.h>
#include <stdint.h>

struct snapshot {
    const struct state_segment *segment;
    uint32_t live_revision, desk_revision, cells_revision, inputs_revision;      /* of the copies below */
    struct state_live live;
    struct state_desk desk;
    struct state_inputs inputs;
    struct state_voice recording[STATE_INPUTS];         /* what is recorded, as a voice; kind FREE: nothing */
    struct state_cell *cell;            /* STATE_CELLS; owned */
    uint32_t *cell_revision;            /* likewise: revision of each copy */
    uint16_t at[STATE_TABS][STATE_ROWS][STATE_COLUMNS];         /* clip slot there, also under a span, or STATE_NO_CLIP */
    uint8_t voice_of[STATE_CELLS];      /* 1 + index of the voice to show for a clip, past STATE_VOICES of `recording`; 0: silent */
    uint8_t tab_sounds[STATE_TABS];     /* voices that belong to clips of a tab */
    int voices;                         /* in use, queued and paused ones too */
    bool moving;                        /* something sounds: times and meters run */
    uint16_t fired;                     /* clip started last, or STATE_NO_CLIP */
    uint64_t fired_serial;
};

/* A segment of a new engine life, or the first one: forgets all copies and takes new ones. */
void snapshot_open(struct snapshot *snapshot, const struct state_segment *segment);
void snapshot_close(struct snapshot *snapshot);
/* Takes what is new. Return: true if cells or desk changed. */
bool snapshot_take(struct snapshot *snapshot);

/* Return: NULL if there is none. Places from 0. */
const struct state_cell *snapshot_cell_at(const struct snapshot *snapshot, int tab, int row, int column);
/* Return: the voice that tells of a clip: its newest that is not stopping, else its newest. NULL: silent. */
const struct state_voice *snapshot_voice_of(const struct snapshot *snapshot, int slot);
bool snapshot_has_tab(const struct snapshot *snapshot, int tab);

#endif
