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

/* Whether one stands before another, which has just come. What was put off was asked for earlier, however late it comes. */
static bool is_before(const struct schedule_entry *entry, const struct schedule_entry *other)
{
    if (entry->due_frame != other->due_frame)
        return entry->due_frame < other->due_frame;
    return entry->late || !other->late;
}

/* Behind the last entry that stands before it: mostly the very last. */
static void insert(struct schedule *schedule, uint16_t index)
{
    struct schedule_entry *entry = &schedule->entry[index];
    uint16_t before = schedule->entry[SCHEDULE_NONE].before;
    while (before != SCHEDULE_NONE && !is_before(&schedule->entry[before], entry))
        before = schedule->entry[before].before;
    entry->before = before;
    entry->after = schedule->entry[before].after;
    schedule->entry[entry->after].before = index;
    schedule->entry[before].after = index;
}

static void take_out(struct schedule *schedule, const struct schedule_entry *entry)
{
    schedule->entry[entry->before].after = entry->after;
    schedule->entry[entry->after].before = entry->before;
}

void schedule_take_rt(struct schedule *schedule, struct ring *ring, uint64_t frame)
{
    while (schedule->unused != SCHEDULE_NONE) {
        uint16_t index = schedule->unused;
        struct schedule_entry *entry = &schedule->entry[index];
        if (!ring_pop_rt(ring, &entry->posted))
            return;
        schedule->unused = entry->after;
        struct op *op = &entry->posted.op;
        if (op->frame == ENGINE_NOW)
            op->frame = frame;
        entry->due_frame = op->frame < frame ? frame : op->frame;
        entry->late = false;
        insert(schedule, index);
    }
}

bool schedule_put_off_rt(struct schedule *schedule, uint32_t delay)
{
    uint16_t first = schedule->entry[SCHEDULE_NONE].after;
    struct schedule_entry *entry = &schedule->entry[first];
    bool of_bus = entry->posted.op.type == OP_BUS || entry->posted.op.type == OP_LIMITERS;
    if (first == SCHEDULE_NONE || entry->late || !delay || !of_bus)
        return false;
    take_out(schedule, entry);
    if (entry->due_frame < entry->posted.op.frame + delay)
        entry->due_frame = entry->posted.op.frame + delay;
    entry->late = true;
    insert(schedule, first);
    return true;
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
    take_out(schedule, entry);
    if (!entry->late)
        entry->posted.op.frame = entry->due_frame;
    entry->after = schedule->unused;
    schedule->unused = first;
    return &entry->posted;
}
