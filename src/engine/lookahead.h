/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The limiters of a row of stereo streams that stay together (SPEC B4): of all busses, or of all pairs of channels. As soon
 * as one of them is on, all streams come 1 ms late, limited or not, so that they are aligned to the frame; when none is, none
 * is late. Going late and coming back are cross-fades of 5 ms between the stream and itself 1 ms late, at once if nothing
 * sounds. A limiter that is put on or off while others are on changes nothing but its own gain, without a step.
 *
 * A stream that has been silent for long enough, and its limiter at rest, costs nothing.
 */
#ifndef ENGINE_LOOKAHEAD_H
#define ENGINE_LOOKAHEAD_H

#include "engine/op.h"
#include "engine/ramp.h"
#include "engine/timing.h"
#include "pcm/limiter.h"

enum { LOOKAHEAD_STREAMS = ENGINE_PAIRS };

struct lookahead {
    uint32_t streams;                   /* in use of those below */
    uint32_t delay_frames;              /* 1 ms */
    uint32_t on;                        /* bit a stream: its limiter works */
    struct ramp late;                   /* 0: streams pass as they are; 1: late */
    uint32_t silence[LOOKAHEAD_STREAMS];    /* frames of silence that were fed last, counted up to delay_frames */
    struct limiter fresh;               /* one that nothing was fed to */
    struct limiter limiter[LOOKAHEAD_STREAMS];
    float wet[2 * ENGINE_PERIOD_MAX];   /* scratch: a stream 1 ms late */
};

/* Main thread. Pre: zeroed. */
void lookahead_init(struct lookahead *ahead, uint32_t streams, uint32_t rate);

/* Audio thread. */
/* From engine frame `frame` on these limiters work. sounding: something is heard on any stream. */
RT_SAFE void lookahead_set_rt(struct lookahead *ahead, uint32_t on, const struct timing *timing, int64_t frame, bool sounding);
/* The streams have another rate from now on, and what was fed is forgotten. fresh: a limiter of that rate that nothing was
 * fed to. */
RT_SAFE void lookahead_follow_rt(struct lookahead *ahead, const struct limiter *fresh, uint32_t delay_frames);
/* Forgets what was fed: the streams are others now. */
RT_SAFE void lookahead_forget_rt(struct lookahead *ahead);
/* Whether frames of the stream have to pass, be they silent: it is late, and not at rest. */
RT_SAFE bool lookahead_needs_rt(const struct lookahead *ahead, unsigned stream, int64_t frame);
/* Passes count frames of a stream on in place; the first is engine frame `at`. gains: room for count. */
RT_SAFE void lookahead_pass_rt(struct lookahead *ahead, unsigned stream, float *stereo, int64_t at, uint32_t count, float *gains);
/* Whether sound is still to come out of a stream, or of any. */
RT_SAFE bool lookahead_holds_rt(const struct lookahead *ahead, unsigned stream, int64_t frame);
RT_SAFE bool lookahead_holds_any_rt(const struct lookahead *ahead, int64_t frame);

#endif
