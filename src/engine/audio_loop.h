/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audio thread: waits for the device, has the engine make a period, writes it. The device
 * thread offers an open device, one at a time; the audio thread gives each back when it is
 * lost, or was told to leave it, or another one is offered. While it has none the loop's own
 * clock stands in. Private to audio.c and audio_keep.c.
 *
 * A card's call that does not return is answered by a new audio thread: the device thread
 * takes the loop away from the old one, which gives the device back should it ever return.
 */
#ifndef ENGINE_AUDIO_LOOP_H
#define ENGINE_AUDIO_LOOP_H

#include "engine/busy.h"
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
    _Atomic(struct device *) returned;  /* audio threads -> device thread: the last that came back, linked by `next` */
    _Atomic bool leave;                 /* device thread: the card in use is to be given back */
    _Atomic int tid;                    /* of the thread that has the loop */
    _Atomic(const struct device *) card;        /* the device in use, by its address */
    _Atomic uint64_t card_frames;       /* written to it since it was taken */
    _Atomic uint64_t inside;            /* CLOCK_MONOTONIC at which the thread entered the card's call it is in; 0: in none */
    uint64_t pardoned, pardoned_until_ns;   /* the device thread's: the call of the card that it waits for a little longer */
    _Atomic unsigned astray;            /* threads that were left inside such a call */
    struct seqlock anchor_lock;
    struct audio_anchor anchor;         /* under anchor_lock; writer: audio thread */

    /* audio thread only */
    struct device *device;              /* in use: a card, or stand_in */
    uint64_t next_due_ns;               /* when the engine's next frame is due by the show's time */
    uint32_t fill_frames;               /* what comes back is silent so long, */
    uint32_t fade_at, fade_frames;      /* then it fades in; fade_at == fade_frames: done */
    bool leaving;                       /* the card in use fades out, or is silent, to be given back */
    bool rescued;                       /* the thread before this one was left inside a card */
    uint64_t left_frames;               /* written since then */
    uint64_t storm_ns;                  /* CLOCK_MONOTONIC from when on storm_xruns are counted */
    unsigned storm_xruns;
    struct busy busy;
    uint32_t xruns, late;
    float gains[ENGINE_PERIOD_MAX];

    /* device thread only */
    struct device *back;                /* came back, not yet taken */
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
/* Pre: the one offered before was taken, or taken back by audio_loop_take_last. The device in use leaves first. */
void audio_loop_offer(struct audio_loop *loop, struct device *device);
/* The device in use comes back when it has faded out; nothing if there is none. */
void audio_loop_leave(struct audio_loop *loop);
/* Return: a device that came back (read its `why`, NULL if it was left; close it), or NULL. */
struct device *audio_loop_take_back(struct audio_loop *loop);
/* After the loop was stopped. Return: a device it had or was offered, or NULL: there is none left. */
struct device *audio_loop_take_last(struct audio_loop *loop);
/* If the audio thread sleeps inside one call of the card for longer than any takes (about 100 ms, a second while it starts):
 * goes on with a new thread and the clock. Not after audio_loop_stop began. format: of the card; late: the caller itself was
 * kept from looking, so that the time that has passed says little. Return: whether it was so; the
 * device comes back when the call returns, if ever. */
bool audio_loop_rescue(struct audio_loop *loop, const struct device_format *format, bool late);
/* Return: true once this device is in use and has played for longer than its buffer holds. */
bool audio_loop_card_plays(const struct audio_loop *loop, const struct device *device, const struct device_format *format);

#endif
