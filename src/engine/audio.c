/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The device thread, and main's side of the sound: see audio.h. The device thread opens the
 * device asked for, offers it to the audio loop, sees it come back when it is lost, closes
 * it and tries again, waiting 0.1 s at first and 1 s at most. It may hang in a driver: then
 * it is waited for no longer than a deadline, and left behind.
 */
#include "config.h"

#include "engine/audio.h"
#include "base/err.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "engine/audio_loop.h"
#include "engine/pace.h"
#include "platform/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPEN_DEADLINE_MS = 3000, CLOSE_DEADLINE_MS = 2000,
    RETRY_FIRST_MS = 100, RETRY_LAST_MS = 1000,
    STEADY_MS = 5000,                   /* a device that played so long is tried again at once */
    LOOK_MS = 20,                       /* how often the device thread looks whether the device came back */
};

struct audio {
    struct device_request request;      /* constant; rate is always set */
    struct audio_loop loop;
    struct thread device_thread;
    pthread_mutex_t lock;               /* for all below; never taken by the audio thread */
    pthread_cond_t changed;             /* CLOCK_MONOTONIC */
    struct audio_status status;
    struct device_format clock_format;  /* of the loop's stand-in; its rate is that of the device before. Device thread */
    bool tried;                         /* the first open is over, */
    bool failed;                        /* and it failed, */
    struct err first_err;               /* for this reason */
    bool quit;                          /* main: come to an end */
    bool loop_stopped;                  /* main: the last device may be closed */
    bool ended;                         /* device thread: nothing is touched any more */
    bool left_behind;                   /* main has gone: the device thread frees */
};

/* --- waiting with deadlines; the lock is held --- */

static bool wait_until(struct audio *audio, const bool *condition, unsigned ms)
{
    uint64_t end = clock_now_rt() + ms * UINT64_C(1000000);
    struct timespec until = {.tv_sec = (time_t)(end / CLOCK_SECOND_NS), .tv_nsec = (long)(end % CLOCK_SECOND_NS)};
    while (!*condition)
        if (pthread_cond_timedwait(&audio->changed, &audio->lock, &until) == ETIMEDOUT)
            break;
    return *condition;
}

static bool pause_for(struct audio *audio, unsigned ms)
{
    pthread_mutex_lock(&audio->lock);
    bool quit = wait_until(audio, &audio->quit, ms);
    pthread_mutex_unlock(&audio->lock);
    return !quit;
}

/* --- status --- */

static void set_status(struct audio *audio, enum audio_state state, const char *note, const struct device_format *format)
{
    struct audio_status *status = &audio->status;
    pthread_mutex_lock(&audio->lock);
    if (status->state != state || strcmp(status->note, note) != 0 || memcmp(&status->format, format, sizeof *format) != 0) {
        status->state = state;
        text_copy(status->note, sizeof status->note, note);
        status->format = *format;
        status->changes++;
    }
    pthread_mutex_unlock(&audio->lock);
}

void audio_get_status(struct audio *audio, struct audio_status *status)
{
    pthread_mutex_lock(&audio->lock);
    *status = audio->status;
    pthread_mutex_unlock(&audio->lock);
}

static void set_silent(struct audio *audio, const char *note)
{
    set_status(audio, AUDIO_SILENT, note, &audio->clock_format);
}

/* No thread uses it any more. */
static void audio_free(struct audio *audio)
{
    pthread_cond_destroy(&audio->changed);
    pthread_mutex_destroy(&audio->lock);
    free(audio);
}

/* --- device thread --- */

/* format: NULL: it failed. */
static void report_first(struct audio *audio, const struct device_format *format, const struct err *err)
{
    if (format)
        set_status(audio, AUDIO_RUNNING, "", format);
    pthread_mutex_lock(&audio->lock);
    audio->tried = true;
    audio->failed = !format;
    audio->first_err = *err;
    pthread_cond_broadcast(&audio->changed);
    pthread_mutex_unlock(&audio->lock);
}

/* If the audio thread hangs in the card's driver the show goes on without it. */
static void rescue_loop(struct audio *audio)
{
    char note[sizeof audio->status.note];
    pthread_mutex_lock(&audio->lock);           /* main begins to stop the loop only after it has set quit */
    bool rescued = !audio->quit && audio_loop_rescue(&audio->loop);
    pthread_mutex_unlock(&audio->lock);
    if (!rescued)
        return;
    snprintf(note, sizeof note, "%.96s hangs in its driver", audio->request.name);
    set_silent(audio, note);
}

/* Follows a device that was offered, until it comes back or we quit. Return: how long it was away, in ms. */
static uint64_t follow_device(struct audio *audio, const struct device_format *format)
{
    uint64_t begin = clock_now_rt();
    struct device *back;
    while (!(back = audio_loop_take_back(&audio->loop))) {
        if (!pause_for(audio, LOOK_MS))
            return 0;
        if (audio_loop_card_plays(&audio->loop, format))
            set_status(audio, AUDIO_RUNNING, "", format);
        rescue_loop(audio);
    }
    char note[sizeof audio->status.note];
    snprintf(note, sizeof note, "%.96s %s", audio->request.name, back->why ? back->why : "was closed");
    set_silent(audio, note);
    back->driver->close(back);
    return (clock_now_rt() - begin) / 1000000;
}

static void close_last(struct audio *audio)
{
    pthread_mutex_lock(&audio->lock);
    bool stopped = wait_until(audio, &audio->loop_stopped, 2 * CLOSE_DEADLINE_MS);
    pthread_mutex_unlock(&audio->lock);
    struct device *last = stopped ? audio_loop_take_last(&audio->loop) : NULL;
    if (last)
        last->driver->close(last);
    pthread_mutex_lock(&audio->lock);
    audio->ended = true;
    bool left_behind = audio->left_behind && stopped;
    pthread_cond_broadcast(&audio->changed);
    pthread_mutex_unlock(&audio->lock);
    if (left_behind)
        audio_free(audio);
}

/* Before it is offered: the audio thread finds all that it needs to run at its rate. */
static void follow_rate(struct audio *audio, uint32_t rate)
{
    engine_know_rate(audio->loop.engine, rate);
    pthread_mutex_lock(&audio->lock);
    audio->clock_format.rate = rate;
    pthread_mutex_unlock(&audio->lock);
}

static uint64_t try_device(struct audio *audio, const struct device_request *request, bool first)
{
    struct err err = {0};
    struct device *device = device_open(request, &err);
    struct device_format format = device ? device->format : audio->clock_format;
    if (device)
        follow_rate(audio, format.rate);
    if (device)
        audio_loop_offer(&audio->loop, device);
    else if (first || err.code != ERR_IO)
        set_silent(audio, err.text);            /* a card that went is still not there: that was said when it went */
    if (first)
        report_first(audio, device ? &format : NULL, &err);     /* after the offer: the loop begins with it */
    return device ? follow_device(audio, &format) : 0;
}

static void *run_devices(void *context)
{
    struct audio *audio = context;
    struct device_request request = audio->request;
    unsigned retry_ms = RETRY_FIRST_MS;
    bool first = true;
    do {
        if (try_device(audio, &request, first) > STEADY_MS)
            retry_ms = RETRY_FIRST_MS;
        else if (!first)
            retry_ms = 2 * retry_ms < RETRY_LAST_MS ? 2 * retry_ms : RETRY_LAST_MS;
        first = false;
        struct audio_status status;
        audio_get_status(audio, &status);
        request.start_ns = status.start_ns;             /* a recording goes on where it stopped */
    } while (pause_for(audio, retry_ms));
    close_last(audio);
    return NULL;
}

/* --- main thread --- */

static struct audio *audio_new(struct engine *engine, const struct device_request *request)
{
    struct audio *audio = xaligned(RT_CACHELINE, sizeof *audio);
    audio->request = *request;
    if (!request->rate)
        audio->request.rate = 48000;
    text_copy(audio->status.name, sizeof audio->status.name, request->name);
    pthread_mutex_init(&audio->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&audio->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    struct device_request clock = {.name = "clock", .rate = audio->request.rate, .period = request->period,
                                   .periods = request->periods};
    struct device *stand_in = device_clock.open(&clock, NULL);
    audio->clock_format = stand_in->format;
    audio_loop_init(&audio->loop, engine, stand_in);
    return audio;
}

static bool file_refused(struct audio *audio, struct err *err)
{
    if (!audio->failed || device_driver_for(audio->request.name) != &device_file)
        return false;
    if (err)
        *err = audio->first_err;
    return true;
}

/* Tries the device for the first time. Return: false with err if there is no point in going on. */
static bool open_first(struct audio *audio, struct err *err)
{
    if (device_driver_for(audio->request.name) == &device_clock) {
        set_status(audio, AUDIO_RUNNING, "", &audio->clock_format);
        audio->ended = true;
        return true;
    }
    set_silent(audio, "");
    if (thread_start(&audio->device_thread, "device", THREAD_PRIORITY_NONE, run_devices, audio, NULL, 0) < 0) {
        audio->ended = true;
        err_set(err, ERR_IO, "no thread for the sound device: %s", strerror(errno));
        return false;
    }
    pthread_mutex_lock(&audio->lock);
    bool tried = wait_until(audio, &audio->tried, OPEN_DEADLINE_MS);
    bool refused = tried && file_refused(audio, err);
    pthread_mutex_unlock(&audio->lock);
    if (!tried)
        set_silent(audio, "the sound device does not answer");
    return !refused;
}

struct audio *audio_open(struct engine *engine, const struct device_request *request, char *realtime_note, struct err *err)
{
    enum { NOTE_BYTES = 160 };
    char memory_note[NOTE_BYTES] = "";
    struct audio *audio = audio_new(engine, request);
    bool fine = open_first(audio, err);
    uint64_t now = clock_now_rt();
    pthread_mutex_lock(&audio->lock);
    audio->status.start_ns = request->start_ns ? request->start_ns : now;
    pthread_mutex_unlock(&audio->lock);
    if (fine && audio_loop_start(&audio->loop, now, realtime_note, NOTE_BYTES) < 0) {
        err_set(err, ERR_IO, "no audio thread: %s", strerror(errno));
        fine = false;
    }
    if (!fine) {
        audio_close(audio);
        return NULL;
    }
    thread_lock_memory(memory_note, sizeof memory_note);
    if (realtime_note && !realtime_note[0])
        text_copy(realtime_note, NOTE_BYTES, memory_note);
    return audio;
}

void audio_close(struct audio *audio)
{
    pthread_mutex_lock(&audio->lock);
    audio->quit = true;
    pthread_cond_broadcast(&audio->changed);
    pthread_mutex_unlock(&audio->lock);
    bool stopped = audio_loop_stop(&audio->loop);
    pthread_mutex_lock(&audio->lock);
    audio->loop_stopped = stopped;
    pthread_cond_broadcast(&audio->changed);
    bool ended = wait_until(audio, &audio->ended, CLOSE_DEADLINE_MS);
    audio->left_behind = !ended;
    if (!ended)
        pthread_detach(audio->device_thread.id);
    pthread_mutex_unlock(&audio->lock);
    if (!stopped || !ended)
        return;                         /* a thread hangs in a driver: it and what it uses are left behind */
    thread_join(&audio->device_thread);
    audio_free(audio);
}

uint64_t audio_frame_at(struct audio *audio, uint64_t time_ns)
{
    struct audio_anchor anchor;
    audio_loop_get_anchor(&audio->loop, &anchor);
    uint64_t frame = anchor.frame + anchor.period;
    if (time_ns >= anchor.due_ns)
        return frame + pace_frames_rt(time_ns - anchor.due_ns, anchor.rate);
    uint64_t before = pace_frames_rt(anchor.due_ns - time_ns, anchor.rate);
    return before < frame ? frame - before : 0;
}
