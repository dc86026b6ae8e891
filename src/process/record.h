/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recording, on the engine's main thread: what `record` does. An input is armed for an empty cell,
 * or recorded into one. The store writes the file (process/take.h); as soon as it has a name a clip
 * of it is loaded into the cell, by an edit like any other, so that no kill loses where it belongs.
 * When it is stopped the clip plays.
 */
#ifndef PROCESS_RECORD_H
#define PROCESS_RECORD_H

#include "process/stage.h"

void record_perform(struct stage *stage, struct ticket ticket, const struct action *action);
void record_told(struct stage *stage, const struct msg *msg);           /* MSG_TAKE */
void record_lost(struct stage *stage);          /* the store is gone: what waits for it is answered */
void record_again(struct stage *stage);         /* a new store: it goes on; before it is asked for media */

/* Its file is being recorded: it cannot be played yet. */
bool record_holds(const struct stage *stage, uint32_t medium);
void record_fill_desk(const struct stage *stage, struct state_desk *desk);
/* For status: the clip an input is recorded into, or -1; *frames: so far, *rate. file: its name. Return: false if it is not. */
struct record_take {
    int slot;
    uint64_t frames;
    uint32_t rate;
    const char *file;
};
bool record_get(const struct stage *stage, unsigned input, struct record_take *take);
void record_fmt_json(const struct stage *stage, struct strbuf *out);    /* `"inputs":{...}` */
void record_fmt_text(const struct stage *stage, struct strbuf *out);    /* of the head line; nothing if there are no inputs */

#endif
