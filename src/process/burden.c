/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The load of a running show: see burden.h. Thread: main. */
#include "config.h"

#include "process/burden.h"
#include "process/blackbox.h"
#include "process/stage.h"
#include "base/log.h"
#include "platform/clock.h"

#include <stdio.h>
#include <string.h>

#define LOOK_NS (CLOCK_SECOND_NS / 2)
enum { SMOOTH = 4 };                    /* a look counts for a quarter: a burst of a second is no load */

void burden_init(struct burden *burden, unsigned ceiling)
{
    *burden = (struct burden){0};
    yielding_init(&burden->yielding, ceiling);
}

/* Processor time of the store and its workers. */
static uint64_t loading_ns(const struct stage *stage)
{
    const struct msg_store_status *store = &stage->store_status;
    uint64_t ns = store->store_pid ? load_process_ns((pid_t)store->store_pid) : 0;
    for (uint32_t i = 0; i < store->workers && i < sizeof store->pid / sizeof *store->pid; i++)
        ns += load_process_ns((pid_t)store->pid[i]);
    return ns;
}

static void measure(struct stage *stage, struct yielding_look *look)
{
    struct burden *burden = &stage->burden;
    struct state_live live;
    uint32_t now = (uint32_t)(load_meter_read_urgent(&burden->meter, loading_ns(stage)) * 1e6);
    if (seqlock_read(&stage->state->live_lock, &stage->state->live, &live, sizeof live)) {
        burden->sound_ppm = live.median_ppm;
        look->harms = live.xruns + live.dry;
    } else {
        look->harms = burden->yielding.harms;
    }
    burden->system_ppm = burden->system_ppm - burden->system_ppm / SMOOTH + now / SMOOTH;
    load_forced(&burden->sound_ppm, &burden->system_ppm);
    look->sound_ppm = burden->sound_ppm;
    look->system_ppm = burden->system_ppm;
    look->weak = mains_weak(&stage->mains);
}

void burden_fmt(const struct stage *stage, char *out, size_t size)
{
    const struct burden *burden = &stage->burden;
    const struct yielding *yielding = &burden->yielding;
    out[0] = '\0';
    if (yielding->level == STATE_LOAD_NORMAL && !yielding->yields)
        return;
    size_t length = (size_t)snprintf(out, size, "load %s: sound %u %%, system %u %%", state_load_word(yielding->level),
                                     burden->sound_ppm / 10000, burden->system_ppm / 10000);
    if (yielding->yields && length < size)
        snprintf(out + length, size - length, "; %s", state_yield_words(yielding->yields - 1));
}

/* The engine refuses by it, the store loads by it; screens read the desk, and a replay refuses the same. */
static void answer(struct stage *stage)
{
    struct op op = {.type = OP_YIELD, .clip = (uint16_t)stage->burden.yielding.yields};
    char line[24];
    uint32_t before = stage->serial;
    stage_post(stage, &op, (struct ticket){0}, -1);
    snprintf(line, sizeof line, BURDEN_RECORDED, stage->burden.yielding.yields);
    blackbox_line(stage, line, before, COMMAND_FROM_SOCKET);
    burden_tell_store(stage);
}

void burden_tell_store(struct stage *stage)
{
    struct msg_yield message = {.yields = stage->burden.yielding.yields};
    outbox_send(&stage->store, MSG_YIELD, 0, &message, sizeof message, -1);
}

/* What gets worse is said to everybody; each step back is in the log, and that it is over said once. */
static void tell(struct stage *stage, unsigned before)
{
    const struct yielding *yielding = &stage->burden.yielding;
    char text[200];
    burden_fmt(stage, text, sizeof text);
    if (!text[0])
        snprintf(text, sizeof text, "load normal: sound %u %%, system %u %%; nothing waits any more",
                 stage->burden.sound_ppm / 10000, stage->burden.system_ppm / 10000);
    log_line(LOG_WARN, "%s", text);
    if (yielding->yields > before || !yielding->yields)
        desk_notice(stage, false, text);
}

void burden_watch(struct stage *stage)
{
    struct burden *burden = &stage->burden;
    struct yielding_look look = {0};
    uint64_t now = clock_now_rt();
    if (now < burden->due_ns)
        return;
    burden->due_ns = now + LOOK_NS;
    measure(stage, &look);
    unsigned before = burden->yielding.yields;
    bool changed = yielding_take(&burden->yielding, &look, now);
    if (burden->yielding.yields != before) {
        answer(stage);
        tell(stage, before);
    }
    stage->desk_changed |= changed || burden->yielding.level != STATE_LOAD_NORMAL;
}
