/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time between an engine's sound and its document: one that took another's place sounds at once,
 * from the resume state, and the document comes when the store brings it, which a hung disk may put
 * off for ever. What needs voices and no document (panic, emergency, status; stop, fade, pause,
 * resume, mute, solo of all, of a group or a bus) is done at once. All else waits for the document,
 * INTERIM_PATIENCE_MS at most, and is then refused as busy. Whatever acts on the sound gives up what
 * waits: nothing starts after a panic that was asked for before it. Thread: main.
 */
#ifndef PROCESS_INTERIM_H
#define PROCESS_INTERIM_H

#include "control/server.h"

#include <stdbool.h>

enum { INTERIM_PATIENCE_MS = 2000, INTERIM_LINES = 1024 };     /* more lines than that are busy at once */

struct stage;
enum interim_kind {
    INTERIM_WAITS,                      /* for the document */
    INTERIM_TELLS,                      /* changes nothing */
    INTERIM_ACTS                        /* on what sounds */
};

/* What a line is, by its first words. Pure. */
enum interim_kind interim_kind_of(const char *line);
/* Keeps a line that has to wait, or refuses it. */
void interim_keep(struct stage *stage, struct ticket ticket, const char *line);
void interim_give_up(struct stage *stage);              /* all that wait: something ends sound */
void interim_tick(struct stage *stage);                 /* refuses what has waited too long; once a loop */
/* The document is there: hands on what waits, in its order. */
void interim_end(server_line *line);

#endif
