/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which medium stands in which slot of clip memory: the engine's main thread decides it. A slot
 * is kept while a clip of the document or parameters that are with the audio thread refer to it.
 * What stands where is also in the command log, by name (a number made of the path), so that an
 * engine that takes the place of another finds the samples again. Thread: main.
 */
#ifndef PROCESS_MEDIA_TABLE_H
#define PROCESS_MEDIA_TABLE_H

#include "process/stage.h"

void media_table_init(struct stage *stage);
/* One more reference to the medium of a file of the media folder. Return: its slot; STAGE_MEDIA_NONE: no room. */
uint32_t media_table_of_file(struct stage *stage, const char *file);
void media_table_unref(struct stage *stage, uint32_t slot);     /* STAGE_MEDIA_NONE: nothing */
void media_table_part(struct stage *stage, uint32_t slot);      /* its path means another file from now on */
void media_table_set_apart(struct stage *stage);                /* so do all: another show takes this one's place */

/* --- where another engine was before (process/takeover.h) --- */
/* Takes up the slots that the command log names. Pre: the table is new. */
void media_table_adopt(struct stage *stage);
void media_table_keep(struct stage *stage, uint32_t slot);      /* one more reference: what still sounds has it */
/* The document has been mirrored: slots that nobody asked for are let go of. */
void media_table_settle(struct stage *stage);

#endif
