/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Operations that wait for their frame, in order of frame, equal frames in order of arrival.
 * It takes over what main posted once a period; its room is that of the ring, of which never
 * more than ENGINE_OPS are unanswered, so it is never full.
 */
#ifndef ENGINE_SCHEDULE_H
#define ENGINE_SCHEDULE_H

#include "engine/op.h"
#include "engine/engine.h"
#include "engine/voice.h"
#include "rt/ring.h"

struct posted {                         /* what crosses the ring */
    struct op op;
    struct voice_sides sides;           /* OP_CLIP: made by the main thread */
};

struct schedule_entry {
    struct posted posted;
    uint64_t due_frame;
    bool late;                          /* it was put off */
    uint16_t before, after;             /* neighbours in order, or in the free list (after) */
};

enum { SCHEDULE_NONE = ENGINE_OPS };
struct schedule {
    struct schedule_entry entry[ENGINE_OPS + 1];        /* the last is the list's head and end */
    uint16_t unused;                    /* first of the free list */
};

RT_SAFE void schedule_init_rt(struct schedule *schedule);
/* Takes what is in the ring; ENGINE_NOW and frames gone by become `frame`. */
RT_SAFE void schedule_take_rt(struct schedule *schedule, struct ring *ring, uint64_t frame);
/* The first that waits, if it is for finished busses: it is due `delay` frames later, once, when what is made at its frame is heard.
 * Return: whether it is. */
RT_SAFE bool schedule_put_off_rt(struct schedule *schedule, uint32_t delay);
/* The frame the first waiting operation is due at; UINT64_MAX: none waits. */
RT_SAFE uint64_t schedule_due_rt(const struct schedule *schedule);
/* Takes the first operation out, its frame being the one it is done at, or was asked for if it was put off. Return: NULL if none
 * waits; valid until the next schedule_take_rt. */
RT_SAFE const struct posted *schedule_next_rt(struct schedule *schedule);

#endif
