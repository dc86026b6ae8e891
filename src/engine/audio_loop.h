/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audio thread: waits for the device, has the engine make a period, writes it. Devices
 * come and go through two mailboxes of one place each, and at most one is on its way at any
 * time: the device thread offers an open device, the audio thread gives it back when it is
 * lost. While it has none the loop's own clock stands in. Private to audio.c.
 *
 * A card's call that does not return is answered by a new audio thread: the device thread
 * takes the loop away from the old one, which gives the device back should it ever return.
 */
#ifndef ENGINE_AUDIO_LOOP_H
#define ENGINE_AUDIO_LOOP_H

#include "engine/device.h"
#include "engine/engine.h"
#include "platform/thread.h"
#include "rt/seqlock.h"

#include <semaphore.h>
#include <stdatomic.h>

struct audio_anchor {                   /* which frame is due when, as of the last period */
    uint64_t frame, due_ns;
    uint32_t rate, period;
};

struct audio_loop {
    struct engine *engine;
    struct device *stand_in;            /* the clock driver; owned */
    struct thread thread;
    sem_t ended;                        /* posted by the audio thread as its last act */
    _Atomic bool quit;
    _Atomic(struct device *) offered;   /* device thread -> audio thread */
    _Atomic(struct device *) returned;  /* audio thread -> device thread: lost, or the loop ended */
    _Atomic uint64_t card_frames;       /* written to the device in use since it was taken */
    _Atomic uint64_t inside;            /* CLOCK_MONOTONIC at which the thread entered the card's call it is in; 0: in none */
    _Atomic unsigned astray;            /* threads that were left inside such a call */
    struct seqlock anchor_lock;
    struct audio_anchor anchor;         /* under anchor_lock; writer: audio thread */

    /* audio thread only */
    struct device *device;              /* in use: a card, or stand_in */
    uint64_t next_due_ns;               /* when the engine's next frame is due by the show's time */
    uint32_t fade_at, fade_frames;      /* what comes back fades in: fade_at == fade_frames: done */
    uint32_t load_ppm, xruns, late;
    float gains[ENGINE_PERIOD_MAX];
};

/* --- main thread --- */
/* stand_in: owned from now on. Mailboxes work from here on; the thread runs from start on. */
void audio_loop_init(struct audio_loop *loop, struct engine *engine, struct device *stand_in);
/* start_ns: when the engine's first frame is due. Return: 0, or -1 with errno. */
int audio_loop_start(struct audio_loop *loop, uint64_t start_ns, char *note, size_t note_bytes);
/* Return: false if a thread hangs in a card's call and was left behind: then nothing of the loop may be freed. */
bool audio_loop_stop(struct audio_loop *loop);
void audio_loop_get_anchor(const struct audio_loop *loop, struct audio_anchor *anchor);

/* --- device thread --- */
void audio_loop_offer(struct audio_loop *loop, struct device *device);
/* Return: the device that came back (read its `why`, close it), or NULL. */
struct device *audio_loop_take_back(struct audio_loop *loop);
/* After the loop was stopped. Return: the device it had or was offered, or NULL. */
struct device *audio_loop_take_last(struct audio_loop *loop);
/* If the audio thread has been inside one call of the card for a second: goes on with a new thread and the clock. Not after
 * audio_loop_stop began. Return: whether it was so; the device comes back when the call returns, if ever. */
bool audio_loop_rescue(struct audio_loop *loop);
/* Return: true once the device in use has played for longer than its buffer holds. */
bool audio_loop_card_plays(const struct audio_loop *loop, const struct device_format *format);

#endif
