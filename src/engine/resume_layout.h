/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes of the resume state: see resume.h. Three parts, each with a writer and an order of its own:
 *
 *   copies  the audio thread, at the end of a period: all that is in motion, packed, under a sequence number and a sum.
 *           Period n goes into copy n % 2, whose number is 0 while it is written; so the other one is whole then.
 *   clips   the audio thread, before the copy: a cell for each clip that was touched in the period, in two versions stamped
 *           with the number of the copy that they belong to. A copy goes with the version of the largest stamp that is not
 *           larger than its own number; the other one is written over, or that of a period that was not finished.
 *   blocks  main, before it posts OP_CLIP: parameters of clips, immutable while a cell or a voice of either copy names
 *           them. Block 0 is none.
 *
 * There is no pointer in it: parameters are numbers of blocks, voices are places, and media are slots of clip memory and
 * the serial of the slot's use. Structures of the engine lie in it as they are, since the next engine is the same program;
 * `layout` says so.
 */
#ifndef ENGINE_RESUME_LAYOUT_H
#define ENGINE_RESUME_LAYOUT_H

#include "engine/core.h"
#include "engine/resume.h"
#include "platform/crash.h"

#include <stdatomic.h>

enum {
    RESUME_MAGIC = 0x43475231,          /* "CGR1" */
    /* Of what is installed; of what is held besides; and on the way to the audio thread and back. When main has no block free the
     * clip is not in the resume state until the next change of it. */
    RESUME_BLOCKS = 1 + ENGINE_CLIPS + 2 * ENGINE_VOICES + 4 * ENGINE_OPS,
    RESUME_GAINS = ENGINE_BUSSES * 2 * ENGINE_CHANNELS,
    RESUME_LIMITERS = ENGINE_BUSSES + ENGINE_PAIRS,
    RESUME_LINE = 32,                   /* bytes: sums go by these, and packed items begin there */
};

struct resume_chain {
    int64_t onset, sounded_to, earlier_to;
    bool open;                          /* its history follows in the packed part */
};

struct resume_bus {
    struct resume_chain chain[FAMILIES];
    struct ramp factor[FAMILIES][BUS_FACTORS];
    struct ramp mono;
    struct bus_sends sends;
    uint32_t over;
    bool muted, soloed, edit_mute;
};

struct resume_family {
    int64_t engine_origin, origin, frame;
};

struct resume_ahead {
    uint32_t on;
    struct ramp late;
    uint32_t silence[LOOKAHEAD_STREAMS];
    uint32_t kept;                      /* bit a stream: its limiter follows in the packed part */
};

struct resume_emergency {
    bool on, silent;
    int64_t silent_frame;
    struct ramp muting;
    struct bus_fault fault[ENGINE_BUSSES];
    uint32_t number;                    /* of the last */
    struct state_emergency raised[STATE_EMERGENCIES];
};

struct resume_head {                    /* the first of the packed part */
    int64_t frame;
    uint64_t time_ns;
    uint64_t serial;                    /* of the last start */
    int64_t linked_frame;
    uint32_t linked, rate, channels, over;
    uint32_t dry, starts_late;
    uint32_t voices, gains, tasks;      /* how many follow */
    uint16_t families;
    bool delay_asked, delay_on;
    struct ramp delay_late;
    struct resume_emergency emergency;
    struct resume_family family[FAMILIES];
    struct group_params group[ENGINE_GROUPS];
    struct resume_bus bus[ENGINE_BUSSES];
    struct resume_ahead busses, pairs;
    uint32_t next_serial, done_before;
    uint64_t done[RESUME_SERIALS / 64];
};

struct resume_voice {
    uint16_t place;
    uint16_t shown;                     /* its place in the picture; STATE_VOICES: it is not shown */
    uint32_t held, heir;                /* blocks */
    uint32_t medium, heirs_medium;      /* serials of the slots' use */
    struct voice voice;                 /* its pointers are NULL */
};

struct resume_gain {
    uint8_t bus, side, channel;
    struct ramp ramp, before;
};

/* In this order: head; voices, gains and tasks; the histories of open chains, A at 44.1 kHz first; limiters. */
enum {
#define RESUME_PACKED(type) ((sizeof(type) + RESUME_LINE - 1) / RESUME_LINE * RESUME_LINE)
    RESUME_DATA_BYTES = RESUME_PACKED(struct resume_head) + ENGINE_VOICES * RESUME_PACKED(struct resume_voice) +
                        RESUME_GAINS * RESUME_PACKED(struct resume_gain) +
                        ENGINE_LINK_TASKS * RESUME_PACKED(struct link_task) +
                        ENGINE_BUSSES * FAMILIES * RESUME_PACKED(float[2 * CHAIN_HISTORY]) +
                        RESUME_LIMITERS * RESUME_PACKED(struct limiter),
};

struct resume_copy {
    _Atomic uint64_t sequence;          /* 0: being written, or never was */
    uint64_t sum;                       /* resume_sum_rt of the bytes that are used */
    uint32_t bytes;                     /* that are used */
    _Alignas(64) unsigned char data[RESUME_DATA_BYTES];
};

struct resume_cell {                    /* one version of what is known of a clip */
    _Atomic uint64_t stamp;             /* 0: being written, or never was */
    int64_t fired_frame;
    uint32_t block;                     /* 0: no parameters, or none that are kept */
    uint32_t turn;
    uint8_t muted, fired;
};

struct resume_block {
    _Alignas(RESUME_LINE) uint64_t sum; /* of all below */
    _Alignas(RESUME_LINE) struct clip_params params;    /* its pointers are NULL */
    struct clip_link link[ENGINE_LINKS];
    uint32_t turn_medium[ENGINE_TURNS];
    uint32_t clip;
};
_Static_assert(sizeof(struct resume_block) % RESUME_LINE == 0, "its sum is of whole lines");

struct resume_segment {
    uint32_t magic, layout;
    _Atomic uint32_t rendering;         /* clip + 1; 0: none */
    struct crash_record crash;          /* of the last engine that died of its own fault */
    struct resume_copy copy[2];
    _Alignas(64) struct resume_cell clip[ENGINE_CLIPS][2];
    _Alignas(64) struct resume_block block[RESUME_BLOCKS];
};

struct resume_freed {
    uint32_t block;
    uint64_t sequence;                  /* of the last whole copy when main gave it back */
};

struct resume {
    struct resume_segment *shared;
    _Atomic uint64_t sequence;          /* of the last copy; audio thread: release */
    /* main */
    struct resume_freed *freed;         /* RESUME_BLOCKS of them, a ring; oldest first */
    uint32_t first_freed, count_freed;
    uint64_t left_out[(ENGINE_CLIPS + 63) / 64];        /* bit a clip: resume_leave_out() */
};

/* bytes: a multiple of RESUME_LINE. */
RT_SAFE uint64_t resume_sum_rt(const void *data, size_t bytes);

#endif
