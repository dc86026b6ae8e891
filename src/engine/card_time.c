/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The show's time on a card: see card_time.h. After a start the first looks say where the stream
 * stands by the card's own account: off by what rounding to whole frames left, and by how the
 * card counts. Their mean is the phase, and no error of the show's: else each start would move
 * the show a little, always the same way. What differs from the phase later is the card's pace;
 * the error of the middle one of three looks counts for a sixteenth, so that one look at a pointer
 * that lies moves nothing. Cards whose pointer moves in coarse steps (8 ms have
 * been seen) are off by that much all the time, so only what is further off than 20 ms or two
 * buffers, look after look, is a card that stood still. A card cannot run ahead of time, so one
 * that seems to is not followed.
 */
#include "config.h"

#include "engine/card_time.h"
#include "engine/pace.h"
#include "platform/clock.h"

enum { SMOOTHING = 16, STRAYS_MAX = 8, SETTLED = 16 };
#define STRAY_NS INT64_C(20000000)
#define DEADLINE_NS UINT64_C(70000000)  /* and a look or two: it is given up within a tenth of a second */
#define LOOK_NS UINT64_C(10000000)      /* with two chunks: the longest pause between looks that is the card's, not ours */

void card_time_begin_rt(struct card_time *time, uint64_t due_ns, uint64_t now_ns)
{
    time->next_ns = due_ns;
    time->looked_ns = now_ns;
    time->part = 0;
    time->idle_ns = 0;
    time->taken = 0;
    time->strays = 0;
    time->settled = 0;
}

/* The line goes on by so many frames, exactly. */
static void advance_rt(struct card_time *time, uint64_t frames)
{
    uint64_t part = frames % time->rate * CLOCK_SECOND_NS + time->part;
    time->next_ns += frames / time->rate * CLOCK_SECOND_NS + part / time->rate;
    time->part = (uint32_t)(part % time->rate);
}

static uint64_t nearest_frames_rt(uint64_t ns, uint32_t rate)
{
    return pace_frames_rt(ns + pace_ns_rt(1, 2 * rate), rate);
}

uint64_t card_time_restart_rt(struct card_time *time, uint64_t started_ns, uint32_t lead_in, uint64_t *quiet)
{
    uint64_t due = started_ns + pace_ns_rt((uint64_t)lead_in + time->chunk, time->rate) - pace_ns_rt(time->buffer, time->rate);
    time->taken = 0;
    time->strays = 0;
    time->settled = 0;
    *quiet = due < time->next_ns ? nearest_frames_rt(time->next_ns - due, time->rate) : 0;
    uint64_t lost = due > time->next_ns ? nearest_frames_rt(due - time->next_ns, time->rate) : 0;
    advance_rt(time, lost);
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

/* Of this look's error and those of the two before it, the one in the middle. */
static int64_t middle_rt(struct card_time *time, int64_t error)
{
    int64_t one = time->error_ns[0], other = time->error_ns[1];
    int64_t least = one < other ? one : other, most = one < other ? other : one;
    time->error_ns[0] = other;
    time->error_ns[1] = error;
    return error < least ? least : error > most ? most : error;
}

uint64_t card_time_follow_rt(struct card_time *time, uint64_t room, uint64_t now_ns)
{
    int64_t error = error_ns_rt(time, room, now_ns);
    if (error <= stray_ns_rt(time)) {
        time->strays = 0;
        if (time->settled == 0)
            time->phase_ns = time->error_ns[0] = time->error_ns[1] = error;
        error = middle_rt(time, error);
        if (time->settled < SETTLED)
            time->phase_ns += (error - time->phase_ns) / (time->settled + 1);
        else
            time->next_ns += (uint64_t)((error - time->phase_ns) / SMOOTHING);
        time->settled += time->settled < SETTLED;
        return 0;
    }
    if (++time->strays < STRAYS_MAX)
        return 0;
    time->strays = 0;
    uint64_t lost = nearest_frames_rt((uint64_t)(error - (time->settled ? time->phase_ns : 0)), time->rate);
    time->settled = 0;
    advance_rt(time, lost);
    return lost;
}

uint64_t card_time_give_rt(struct card_time *time)
{
    uint64_t due = time->next_ns;
    advance_rt(time, time->chunk);
    return due;
}
