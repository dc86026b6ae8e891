/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine: voices, groups and busses, and nothing that knows a device or a clock.
 * `engine_process_rt` makes the next frames of the five busses; the ALSA, clock and file
 * drivers call it live, `clipgrid render` calls it as fast as it can, tests call it with any
 * block size. Same operations at the same frames, same samples, however the frames are cut.
 *
 * Threads: main posts operations and takes events; the audio thread (or the one thread of
 * render) processes. One of each at a time.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "engine/op.h"
#include "rt/guard.h"
#include "wire/state.h"

struct clipmem;
struct demand;
struct engine;
struct resume;

struct engine_config {
    uint32_t rate;                      /* of the device, Hz: 44100, 48000, 88200 or 96000 */
    bool delayed;                       /* chains are as late as if the show had clips of both families, whether it has or not */
    const struct clipmem *memory;       /* outlives the engine */
    struct demand *demand;              /* where it tells what it reads, writable; NULL: does not */
    struct state_live *live;            /* where to publish each period, with its lock; NULL: do not */
    struct seqlock *live_lock;
    struct resume *resume;              /* where to keep what the next engine goes on from (resume.h), writable; NULL: nowhere */
};

/* --- main --- */
struct engine *engine_new(const struct engine_config *config);      /* never NULL; allocates and touches all it will need */
void engine_free(struct engine *engine);                            /* frees params still installed */
/* Posts an operation. The ring holds ENGINE_OPS; Return: false if it is full: the caller keeps the operation and tries
 * again after taking events (a result is never lost because posted operations never outnumber the event ring's room). */
enum { ENGINE_OPS = 1024 };
bool engine_post(struct engine *engine, const struct op *op);
bool engine_take_event(struct engine *engine, struct event *event); /* Return: false if there is none */
/* Something sounded, was queued, or faded when the last period was made. */
bool engine_is_sounding(const struct engine *engine);

/* Makes what the engine needs to run at a device's rate, before engine_follow_rt. Some ms, the first time. Main or a device's
 * thread, one at a time. */
void engine_know_rate(struct engine *engine, uint32_t rate);

/* --- audio thread --- */
/* The device that plays from the next frame on has this rate; positions stay, what was on its way through a converter is
 * lost. A rate that was not made known changes nothing. */
RT_SAFE void engine_follow_rt(struct engine *engine, uint32_t rate);
RT_SAFE uint32_t engine_rate_rt(const struct engine *engine);        /* Hz, of the device */
/* How many frames later than made for the next frames are heard, as the chains are converted (see delay.h). */
RT_SAFE uint32_t engine_delay_rt(const struct engine *engine);
/* Something that was made is yet to be heard, `late_frames` after its frame. */
RT_SAFE bool engine_rings_rt(const struct engine *engine, uint32_t late_frames);
/* Makes the next `frames` (1..ENGINE_PERIOD_MAX) frames, interleaved stereo float, 64-byte aligned, owned by the engine and
 * valid until the next call. With 0 frames it only does what is due now, and leaves *output alone. */
struct engine_output {
    float *bus[ENGINE_BUSSES];      /* after bus gain, mute, solo, mono and limiter, before routing and clamping */
    float *pair[ENGINE_PAIRS];      /* device channels 1-2, 3-4, ... after routing and limiters, clamped to -1..1; NULL: silent */
};
/* The device has so many channels: from the next call on pairs are made for it. 0: nobody wants them (the beginning). */
RT_SAFE void engine_set_channels_rt(struct engine *engine, uint32_t channels);
RT_SAFE void engine_process_rt(struct engine *engine, uint32_t frames, struct engine_output *output);
/* The frame the next call begins with. */
RT_SAFE uint64_t engine_frame_rt(const struct engine *engine);
/* The device is gone, or has one xrun after the other: the phases of that are stamped from here on (see emergency.h). */
RT_SAFE void engine_raise_rt(struct engine *engine, enum state_cause cause);
/* What the audio loop knows and the segment shows; call before engine_process_rt. */
struct engine_note {
    uint64_t time_ns;               /* CLOCK_MONOTONIC at which the frame after those now made is due */
    uint32_t load_ppm, median_ppm, worst_ppm;       /* as struct busy has them */
    uint32_t xruns, late;
};
RT_SAFE void engine_note_rt(struct engine *engine, const struct engine_note *note);
/* Something sounds, is queued, or fades. */
RT_SAFE bool engine_sounding_rt(const struct engine *engine);
/* What sounds goes on for ever unless it is told to stop: a loop, what is paused, or clips that start one another (render
 * refuses to wait for it). */
RT_SAFE bool engine_endless_rt(struct engine *engine);

#endif
