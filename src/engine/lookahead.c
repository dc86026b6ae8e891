/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Streams that are late together: see lookahead.h. Audio thread. While the streams are not late nothing is fed to the
 * limiters; before a cross-fade to the late stream begins, each is fed for as long as it delays, so that the late stream is
 * whole when it is first heard.
 */
#include "config.h"

#include "engine/lookahead.h"

#include <string.h>

void lookahead_init(struct lookahead *ahead, uint32_t streams, uint32_t rate)
{
    ahead->streams = streams;
    ahead->delay_frames = limiter_delay_frames(rate);
    limiter_init(&ahead->fresh, rate);
    lookahead_forget_rt(ahead);
}

void lookahead_follow_rt(struct lookahead *ahead, const struct limiter *fresh, uint32_t delay_frames)
{
    ahead->fresh = *fresh;
    ahead->delay_frames = delay_frames;
    ramp_set_rt(&ahead->late, ahead->late.to);
    lookahead_forget_rt(ahead);
}

void lookahead_forget_rt(struct lookahead *ahead)
{
    for (uint32_t i = 0; i < ahead->streams; i++) {
        ahead->limiter[i] = ahead->fresh;
        ahead->silence[i] = ahead->delay_frames;
    }
}

/* Some of what is fed is heard, or will be. */
static bool is_fed(const struct lookahead *ahead, int64_t frame)
{
    return ahead->late.to == 1 || ramp_left_rt(&ahead->late, frame) > 0;
}

void lookahead_set_rt(struct lookahead *ahead, uint32_t on, const struct timing *timing, int64_t frame, bool sounding)
{
    const float to = on ? 1 : 0;
    const bool was_fed = is_fed(ahead, frame);
    ahead->on = on;
    if (ahead->late.to == to)
        return;
    ramp_go_rt(&ahead->late, frame, to, FADE_LINEAR, sounding ? timing->cross_frames : 0);
    if (was_fed)
        return;
    lookahead_forget_rt(ahead);
    if (sounding)
        ahead->late.start += ahead->delay_frames;
}

bool lookahead_needs_rt(const struct lookahead *ahead, unsigned stream, int64_t frame)
{
    return is_fed(ahead, frame) &&
           (ahead->silence[stream] < ahead->delay_frames || !limiter_is_at_rest_rt(&ahead->limiter[stream]));
}

bool lookahead_holds_rt(const struct lookahead *ahead, unsigned stream, int64_t frame)
{
    return is_fed(ahead, frame) && ahead->silence[stream] < ahead->delay_frames;
}

bool lookahead_holds_any_rt(const struct lookahead *ahead, int64_t frame)
{
    for (unsigned i = 0; i < ahead->streams; i++)
        if (lookahead_holds_rt(ahead, i, frame))
            return true;
    return false;
}

/* To the frame, so that no cut into periods shows. Looks back from the end: at one frame of what sounds. */
static void note_silence(uint32_t *silence, uint32_t most, const float *stereo, uint32_t count)
{
    uint32_t silent = 0;
    while (silent < count && stereo[2 * (count - silent) - 1] == 0 && stereo[2 * (count - silent) - 2] == 0)
        silent++;
    if (silent < count)
        *silence = 0;
    *silence = silent < most - *silence ? *silence + silent : most;
}

/* On the way: the stream and itself 1 ms late, by the gains of this run. Before the way begins the late one is fed only. */
static void blend(struct lookahead *ahead, struct limiter *limiter, bool on, float *stereo, int64_t at, uint32_t run,
                  float *gains)
{
    memcpy(ahead->wet, stereo, 2 * (size_t)run * sizeof *stereo);
    limiter_process_rt(limiter, ahead->wet, run, on);
    if (!ramp_moving_rt(&ahead->late, at))
        return;
    ramps_fill_rt(&ahead->late, 1, at, gains, run);
    for (uint32_t i = 0; i < 2 * run; i++)
        stereo[i] += (ahead->wet[i] - stereo[i]) * gains[i / 2];
}

void lookahead_pass_rt(struct lookahead *ahead, unsigned stream, float *stereo, int64_t at, uint32_t count, float *gains)
{
    struct limiter *limiter = &ahead->limiter[stream];
    const bool on = ahead->on >> stream & 1;
    if (is_fed(ahead, at))
        note_silence(&ahead->silence[stream], ahead->delay_frames, stereo, count);
    for (uint32_t run; count > 0; count -= run, at += run, stereo += 2 * (size_t)run) {
        run = ramp_run_rt(&ahead->late, at, count);
        if (ramp_left_rt(&ahead->late, at) > 0)
            blend(ahead, limiter, on, stereo, at, run, gains);
        else if (ahead->late.to == 1)
            limiter_process_rt(limiter, stereo, run, on);
    }
}
