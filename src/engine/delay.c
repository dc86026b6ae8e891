/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The delay that chains share: see delay.h. Audio thread; pure. */
#include "config.h"

#include "engine/delay.h"
#include "engine/op.h"

void delay_init_rt(struct delay *delay, uint32_t frames, bool always)
{
    delay->frames = frames;
    delay->always = always;
    delay->on = always || delay->asked;
    ramp_set_rt(&delay->late, delay->on);
}

bool delay_differs_rt(const struct delay *delay, bool wanted)
{
    return delay->on != (delay->always || delay->asked || wanted);
}

void delay_settle_rt(struct delay *delay, int64_t frame, bool quiet, uint32_t cross_frames)
{
    if (delay->on && !quiet)
        return;
    delay->on = !delay->on;
    if (quiet)
        ramp_set_rt(&delay->late, delay->on);
    else
        ramp_go_rt(&delay->late, frame, 1, FADE_LINEAR, cross_frames);
}

uint32_t delay_frames_rt(const struct delay *delay)
{
    return delay->on ? delay->frames : 0;
}
