/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An engine takes the place of one that died: its main thread's part. First the sound, from
 * the resume state alone (engine/resume.h); then what the command log has undone; then the
 * document as the supervisor keeps it; then the clients. The store is asked for nothing. Thread: main.
 */
#ifndef PROCESS_TAKEOVER_H
#define PROCESS_TAKEOVER_H

#include "process/stage.h"
#include "engine/resume.h"

struct takeover {
    bool resumed;                   /* there was something to resume */
    struct resume_report report;    /* if so */
    struct op *op;                  /* what was not done, under serials of this life */
    uint32_t *before;               /* their serials in the other life */
    unsigned ops, posted;
    uint64_t known[(ENGINE_CLIPS + 63) / 64];   /* bit a clip: the engine had it */
};

/* Pre: stage->engine is new and stage->log mapped. The engine goes on where the other one was. */
void takeover_begin(struct takeover *takeover, struct stage *stage);
/* The recording begins, with what it goes on from. Pre: there is sound. */
void takeover_record(const struct takeover *takeover, struct stage *stage);
/* Posts what was not done, up to the first operation on a clip that the engine does not know: that and what comes after it waits
 * for the document. Call once there is sound. */
void takeover_post(struct takeover *takeover, struct stage *stage);
void takeover_post_all(struct takeover *takeover, struct stage *stage);     /* also that: something that comes after it is done now */
/* The document has been mirrored: posts the rest, and lets go of what nobody asked for. */
void takeover_end(struct takeover *takeover, struct stage *stage);

#endif
