/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper of devices: what audio.c (main) and audio_keep.c (the device thread) share.
 * Private to these two. The device thread has the device asked for, or one of its fall-backs,
 * or none, and looks for the best there is; it never waits inside a driver itself.
 */
#ifndef ENGINE_AUDIO_KEEP_H
#define ENGINE_AUDIO_KEEP_H

#include "base/err.h"
#include "engine/audio.h"
#include "engine/audio_loop.h"

#include <pthread.h>

enum { AUDIO_NAMES = 1 + DEVICE_FALLBACKS };    /* the device asked for is number 0 */
enum { KEEP_OPEN_MS = 2500, KEEP_CLOSE_MS = 2000 };
enum keep_change { KEEP_SETTLED, KEEP_ASKED, KEEP_AT_WORK, KEEP_ANSWERED };

struct keep_playing {                   /* the device that the audio thread was offered and has not given back */
    struct device *device;              /* NULL: none, the clock stands in. Looked at by its address alone */
    int index;                          /* which of the names */
    struct device_format format;
    uint64_t since_ns;
};

struct audio {
    struct audio_loop loop;
    struct thread device_thread;
    pthread_mutex_t lock;               /* for all up to `ended`; never taken by the audio thread */
    pthread_cond_t changed;             /* CLOCK_MONOTONIC */
    struct audio_status status;
    struct device_request request;      /* kept to; written by the device thread */
    struct device_request asked;        /* main: the one to change to, */
    enum keep_change change;            /* how far that is, */
    struct err change_err;              /* and what came of it */
    struct device_format clock_format;  /* of the loop's stand-in; its rate is that of the device before */
    bool tried;                         /* the first opens are over, */
    bool failed;                        /* and the first of them failed, */
    struct err first_err;               /* for this reason */
    bool quit;                          /* main: come to an end */
    bool loop_stopped;                  /* main: the last device may be closed */
    bool ended;                         /* device thread: nothing is touched any more */
    bool left_behind;                   /* main has gone: the device thread frees */

    /* device thread only */
    struct keep_playing playing;
    bool on_clock;                      /* the stand-in is what was asked for: nothing is looked for */
    char again[AUDIO_NAMES][DEVICE_NAME_BYTES]; /* struct device, of each that was open once */
    uint64_t origin_ns;                 /* CLOCK_MONOTONIC of the first frame of a recording; 0: it begins when it is opened */
    unsigned retry_ms;                  /* back-off */
    uint64_t looked_ns;                 /* when the loop was last looked after */
    uint64_t retry_ns;                  /* CLOCK_MONOTONIC of the next try */
};

/* Main's, of either thread. The lock is held; waits for condition. Return: whether it holds, at most ms later. */
bool keep_wait(struct audio *audio, const bool *condition, unsigned ms);
void keep_set_status(struct audio *audio, enum audio_state state, const char *name, const char *note,
                     const struct device_format *format);
void keep_set_silent(struct audio *audio, const char *note);
void keep_free(struct audio *audio);    /* no thread uses it any more */

/* The device thread. context: struct audio. */
void *keep_run(void *context);

#endif
