/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The load of a running show: measured twice a second, shown, and answered in the order of
 * yielding.h. The system's load is what all processors do, without what gives way by itself
 * (niced work) and without the store and its workers: what they load ahead is the first to
 * yield, and would come and go by its own load. Thread: main.
 */
#ifndef PROCESS_BURDEN_H
#define PROCESS_BURDEN_H

#include "platform/load.h"
#include "process/yielding.h"

struct stage;

#define BURDEN_RECORDED "@yield %u"     /* how the flight recorder has it that so much yields from now on */

struct burden {
    struct yielding yielding;
    struct load_meter meter;
    uint64_t due_ns;                    /* CLOCK_MONOTONIC of the next look */
    uint32_t sound_ppm;                 /* as last looked at */
    uint32_t system_ppm;                /* smoothed over some seconds */
};

/* ceiling: per cent of the system; 0: the load is shown, and nothing yields. */
void burden_init(struct burden *burden, unsigned ceiling);
/* In every turn of the main loop; does nothing before the next look is due. */
void burden_watch(struct stage *stage);
/* A new store knows nothing of it. */
void burden_tell_store(struct stage *stage);
/* "load critical: sound 12 %, system 95 %; loading ahead waits", "" while the load is normal. */
void burden_fmt(const struct stage *stage, char *out, size_t size);

#endif
