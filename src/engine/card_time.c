/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The show's time on a card: see card_time.h. One wakeup's error counts for a sixteenth. Cards
 * whose pointer moves in coarse steps (8 ms have been seen) are off by that much all the
 * time, so only what is further off than 20 ms or two buffers, look after look, is a card that
 * stood still. A card cannot run ahead of time, so one that seems to is not followed.
 */
#include "config.h"

#include "engine/card_time.h"
#include "engine/pace.h"

enum { SMOOTHING = 16, STRAYS_MAX = 8 };
#define STRAY_NS INT64_C(20000000)
#define DEADLINE_NS UINT64_C(100000000)
#define LOOK_NS UINT64_C(10000000)      /* with two chunks: the longest pause between looks that is the card's, not ours */

void card_time_begin_rt(struct card_time *time, uint64_t due_ns, uint64_t now_ns)
{
    time->next_ns = due_ns;
    time->looked_ns = now_ns;
    time->idle_ns = 0;
    time->taken = 0;
    time->strays = 0;
}

uint64_t card_time_restart_rt(struct card_time *time, uint64_t started_ns, uint32_t lead_in, uint64_t *quiet)
{
    uint64_t due = started_ns + pace_ns_rt((uint64_t)lead_in + time->chunk, time->rate) - pace_ns_rt(time->buffer, time->rate);
    time->taken = 0;
    time->strays = 0;
    *quiet = due < time->next_ns ? pace_frames_rt(time->next_ns - due, time->rate) : 0;
    uint64_t lost = due > time->next_ns ? pace_frames_rt(due - time->next_ns, time->rate) : 0;
    time->next_ns += pace_ns_rt(lost, time->rate);
    return lost;
}

bool card_time_look_in_vain_rt(struct card_time *time, uint64_t now_ns)
{
    uint64_t deadline = pace_ns_rt(4 * (uint64_t)time->buffer, time->rate);
    uint64_t longest = LOOK_NS + pace_ns_rt(2 * (uint64_t)time->chunk, time->rate), passed = now_ns - time->looked_ns;
    time->idle_ns += passed < longest ? passed : longest;
    time->looked_ns = now_ns;
    return time->idle_ns <= (deadline > DEADLINE_NS ? deadline : DEADLINE_NS);
}

bool card_time_look_rt(struct card_time *time, uint64_t written, uint64_t room, uint64_t now_ns)
{
    uint64_t taken = written + room - time->buffer;     /* may wrap if the pointer lies: only that it moves counts */
    if (taken == time->taken)
        return card_time_look_in_vain_rt(time, now_ns);
    time->taken = taken;
    time->looked_ns = now_ns;
    time->idle_ns = 0;
    return true;
}

/* Now against when the card should have had so much room; positive: it is behind. */
static int64_t error_ns_rt(const struct card_time *time, uint64_t room, uint64_t now_ns)
{
    return (int64_t)(now_ns - pace_ns_rt(room - time->chunk, time->rate) - time->next_ns);
}

static int64_t stray_ns_rt(const struct card_time *time)
{
    int64_t two_buffers = (int64_t)pace_ns_rt(2 * (uint64_t)time->buffer, time->rate);
    return two_buffers > STRAY_NS ? two_buffers : STRAY_NS;
}

bool card_time_is_early_rt(const struct card_time *time, uint64_t room, uint64_t now_ns)
{
    return error_ns_rt(time, room, now_ns) < -stray_ns_rt(time);
}

uint64_t card_time_follow_rt(struct card_time *time, uint64_t room, uint64_t now_ns)
{
    int64_t error = error_ns_rt(time, room, now_ns);
    if (error <= stray_ns_rt(time)) {
        time->strays = 0;
        time->next_ns += (uint64_t)(error / SMOOTHING);
        return 0;
    }
    if (++time->strays < STRAYS_MAX)
        return 0;
    time->strays = 0;
    uint64_t lost = pace_frames_rt((uint64_t)error, time->rate);
    time->next_ns += pace_ns_rt(lost, time->rate);
    return lost;
}

uint64_t card_time_give_rt(struct card_time *time)
{
    uint64_t due = time->next_ns;
    time->next_ns += pace_ns_rt(time->chunk, time->rate);
    return due;
}
