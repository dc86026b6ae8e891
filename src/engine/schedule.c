/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sorted list in an array: see schedule.h. Audio thread. */
#include "config.h"

#include "engine/schedule.h"

void schedule_init_rt(struct schedule *schedule)
{
    for (uint16_t i = 0; i < ENGINE_OPS; i++)
        schedule->entry[i].after = (uint16_t)(i + 1);
    schedule->unused = 0;
    schedule->entry[SCHEDULE_NONE].before = schedule->entry[SCHEDULE_NONE].after = SCHEDULE_NONE;
}

/* Behind the last entry that is due no later: mostly the very last. */
static void insert(struct schedule *schedule, uint16_t index)
{
    struct schedule_entry *entry = &schedule->entry[index];
    uint16_t before = schedule->entry[SCHEDULE_NONE].before;
    while (before != SCHEDULE_NONE && schedule->entry[before].due_frame > entry->due_frame)
        before = schedule->entry[before].before;
    entry->before = before;
    entry->after = schedule->entry[before].after;
    schedule->entry[entry->after].before = index;
    schedule->entry[before].after = index;
}

void schedule_take_rt(struct schedule *schedule, struct ring *ring, uint64_t frame, uint32_t delay)
{
    while (schedule->unused != SCHEDULE_NONE) {
        uint16_t index = schedule->unused;
        struct schedule_entry *entry = &schedule->entry[index];
        if (!ring_pop_rt(ring, &entry->posted))
            return;
        schedule->unused = entry->after;
        const struct op *op = &entry->posted.op;
        uint64_t asked = op->frame == ENGINE_NOW ? frame : op->frame;
        if (op->type == OP_BUS || op->type == OP_LIMITERS)
            asked += delay;
        entry->due_frame = asked < frame ? frame : asked;
        insert(schedule, index);
    }
}

uint64_t schedule_due_rt(const struct schedule *schedule)
{
    uint16_t first = schedule->entry[SCHEDULE_NONE].after;
    return first == SCHEDULE_NONE ? UINT64_MAX : schedule->entry[first].due_frame;
}

const struct posted *schedule_next_rt(struct schedule *schedule)
{
    uint16_t first = schedule->entry[SCHEDULE_NONE].after;
    if (first == SCHEDULE_NONE)
        return NULL;
    struct schedule_entry *entry = &schedule->entry[first];
    schedule->entry[SCHEDULE_NONE].after = entry->after;
    schedule->entry[entry->after].before = SCHEDULE_NONE;
    entry->after = schedule->unused;
    schedule->unused = first;
    return &entry->posted;
}
