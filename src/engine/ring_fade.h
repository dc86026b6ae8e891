/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a card still has to play when the engine dies of its own fault (DESIGN 5). A card whose buffer is mapped plays on what lies
 * there until the kernel stops it; so the crash handler turns the next milliseconds of it into a linear fade and the rest into
 * silence. Of a card that is written to by calls the kernel has the frames, and nothing can be done.
 */
#ifndef ENGINE_RING_FADE_H
#define ENGINE_RING_FADE_H

#include "pcm/output.h"
#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    RING_FADE_MS = 10,              /* at most, from the fault to silence */
    RING_FADE_AHEAD_US = 1000,      /* a card fetches that much before it plays it, or is that much further than it says: not touched */
};

struct ring_note {                  /* size: a multiple of 4 */
    unsigned char *base;            /* of the mapped buffer; NULL: there is none */
    uint64_t empty_ns;              /* all of it will have been played when the monotonic clock says this */
    uint32_t buffer, end;           /* frames: the buffer holds; where the next one goes */
    uint32_t rate, channels;
    uint32_t frame_bytes, format;   /* enum output_format */
};

/* Pure but for the buffer: fades what will be played from now_ns on. Return: ns until it is silent, 0 if it is so already. */
uint64_t ring_fade_apply(const struct ring_note *note, uint64_t now_ns);

/* Audio thread, whenever it has put frames into a mapped buffer. */
RT_SAFE void ring_fade_note_rt(const struct ring_note *note);
/* Audio thread: whether the process is ending; what is put into the buffer now is to be silence. */
RT_SAFE bool ring_fade_runs_rt(void);
/* Device thread, before the buffer is unmapped: it is not touched any more, until it is noted again. */
void ring_fade_forget(const void *base);
/* In the crash handler: fades, and waits until the card has played the fade. Calls nothing but the kernel. */
void ring_fade_run(void);

#endif
