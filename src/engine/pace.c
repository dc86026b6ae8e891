/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Periods against the clock: see pace.h. The origin moves on by whole seconds so that no product can overflow. */
#include "config.h"

#include "engine/pace.h"
#include "platform/clock.h"

uint64_t pace_ns_rt(uint64_t frames, uint32_t rate)
{
    return frames / rate * CLOCK_SECOND_NS + frames % rate * CLOCK_SECOND_NS / rate;
}

uint64_t pace_frames_rt(uint64_t ns, uint32_t rate)
{
    return ns / CLOCK_SECOND_NS * rate + ns % CLOCK_SECOND_NS * rate / CLOCK_SECOND_NS;
}

void pace_start_rt(struct pace *pace, uint32_t rate, uint64_t due_ns)
{
    *pace = (struct pace){.rate = rate, .origin_ns = due_ns};
}

uint64_t pace_due_rt(const struct pace *pace)
{
    return pace->origin_ns + pace_ns_rt(pace->frames, pace->rate);
}

void pace_advance_rt(struct pace *pace, uint64_t frames)
{
    pace->frames += frames;
    pace->origin_ns += pace->frames / pace->rate * CLOCK_SECOND_NS;
    pace->frames %= pace->rate;
}

uint64_t pace_skip_rt(struct pace *pace, uint64_t now_ns)
{
    uint64_t due = pace_due_rt(pace);
    if (now_ns <= due || now_ns - due <= PACE_BEHIND_MAX_NS)
        return 0;
    uint64_t lost = pace_frames_rt(now_ns - due, pace->rate);
    pace_advance_rt(pace, lost);
    return lost;
}
