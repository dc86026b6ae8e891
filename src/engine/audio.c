/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Main's side of the sound: see audio.h. The audio thread is audio_loop.c, the device thread
 * audio_keep.c.
 */
#include "config.h"

#include "engine/audio.h"
#include "base/err.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "engine/audio_keep.h"
#include "engine/device_apart.h"
#include "engine/pace.h"
#include "platform/clock.h"
#include "platform/thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN_DEADLINE_MS = 3000, CLOSE_DEADLINE_MS = 2 * KEEP_CLOSE_MS, PROBE_MS = 3000 };

/* --- what both threads use --- */

bool keep_wait(struct audio *audio, const bool *condition, unsigned ms)
{
    uint64_t end = clock_now_rt() + ms * UINT64_C(1000000);
    struct timespec until = {.tv_sec = (time_t)(end / CLOCK_SECOND_NS), .tv_nsec = (long)(end % CLOCK_SECOND_NS)};
    while (!*condition)
        if (pthread_cond_timedwait(&audio->changed, &audio->lock, &until) == ETIMEDOUT)
            break;
    return *condition;
}

void keep_set_status(struct audio *audio, enum audio_state state, const char *name, const char *note,
                     const struct device_format *format)
{
    struct audio_status *status = &audio->status;
    pthread_mutex_lock(&audio->lock);
    if (status->state != state || strcmp(status->name, name) != 0 || strcmp(status->note, note) != 0 ||
        memcmp(&status->format, format, sizeof *format) != 0) {
        status->state = state;
        text_copy(status->name, sizeof status->name, name);
        text_copy(status->note, sizeof status->note, note);
        status->format = *format;
        status->changes++;
    }
    pthread_mutex_unlock(&audio->lock);
}

void keep_set_silent(struct audio *audio, const char *note)
{
    keep_set_status(audio, AUDIO_SILENT, audio->request.name, note, &audio->clock_format);
}

void keep_free(struct audio *audio)
{
    pthread_cond_destroy(&audio->changed);
    pthread_mutex_destroy(&audio->lock);
    free(audio);
}

/* --- main thread --- */

void audio_get_status(struct audio *audio, struct audio_status *status)
{
    pthread_mutex_lock(&audio->lock);
    *status = audio->status;
    pthread_mutex_unlock(&audio->lock);
}

static struct audio *audio_new(struct engine *engine, const struct device_request *request)
{
    struct audio *audio = xaligned(RT_CACHELINE, sizeof *audio);
    audio->request = *request;
    if (!request->rate)
        audio->request.rate = 48000;
    audio->on_clock = device_driver_for(request->name) == &device_clock;
    text_copy(audio->status.name, sizeof audio->status.name, request->name);
    text_copy(audio->status.wanted, sizeof audio->status.wanted, request->name);
    thread_lock_init(&audio->lock);
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

/* Where a recording cannot be written there is no point in going on. */
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
    bool on_clock = audio->on_clock;
    if (on_clock)
        keep_set_status(audio, AUDIO_RUNNING, audio->request.name, "", &audio->clock_format);
    else
        keep_set_silent(audio, "");
    if (thread_start(&audio->device_thread, "device", THREAD_PRIORITY_NONE, keep_run, audio, NULL, 0) < 0) {
        audio->ended = true;
        err_set(err, ERR_IO, "no thread for the sound device: %s", strerror(errno));
        return false;
    }
    pthread_mutex_lock(&audio->lock);
    bool tried = on_clock || keep_wait(audio, &audio->tried, OPEN_DEADLINE_MS);
    bool refused = tried && !on_clock && file_refused(audio, err);
    pthread_mutex_unlock(&audio->lock);
    return !refused;
}

struct audio *audio_open(struct engine *engine, const struct device_request *request, char *realtime_note, struct err *err)
{
    enum { NOTE_BYTES = 160 };
    char memory_note[NOTE_BYTES] = "";
    struct audio *audio = audio_new(engine, request);
    bool fine = open_first(audio, err);
    uint64_t now = clock_now_rt(), due_ns = request->resume_ns ? request->resume_ns : now;
    pthread_mutex_lock(&audio->lock);
    audio->status.start_ns = request->start_ns ? request->start_ns : now;
    pthread_mutex_unlock(&audio->lock);
    if (fine && audio_loop_start(&audio->loop, due_ns, realtime_note, NOTE_BYTES) < 0) {
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
    bool ended = keep_wait(audio, &audio->ended, CLOSE_DEADLINE_MS);
    audio->left_behind = !ended;
    if (!ended)
        pthread_detach(audio->device_thread.id);
    pthread_mutex_unlock(&audio->lock);
    if (!stopped || !ended)
        return;                         /* a thread hangs in a driver: it and what it uses are left behind */
    thread_join(&audio->device_thread);
    keep_free(audio);
}

/* --- changes --- */

bool audio_change(struct audio *audio, const struct device_request *request)
{
    pthread_mutex_lock(&audio->lock);
    bool free = audio->change == KEEP_SETTLED;
    if (free) {
        audio->asked = *request;
        audio->change = KEEP_ASKED;
    }
    pthread_mutex_unlock(&audio->lock);
    return free;
}

bool audio_take_change(struct audio *audio, struct err *err)
{
    pthread_mutex_lock(&audio->lock);
    bool answered = audio->change == KEEP_ANSWERED;
    if (answered) {
        audio->change = KEEP_SETTLED;
        *err = audio->change_err;
    }
    pthread_mutex_unlock(&audio->lock);
    return answered;
}

void audio_get_request(struct audio *audio, struct device_request *request)
{
    pthread_mutex_lock(&audio->lock);
    *request = audio->request;
    pthread_mutex_unlock(&audio->lock);
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

uint32_t audio_probe_rate(const struct device_request *request, struct err *err)
{
    struct device_request one = *request;
    if (device_driver_for(request->name) != &device_alsa)
        return request->rate ? request->rate : 48000;
    for (int i = 0; i <= DEVICE_FALLBACKS && one.name[0]; i++) {
        struct device *device = device_open_apart(&one, PROBE_MS, i == 0 ? err : NULL);
        if (device) {
            uint32_t rate = device->format.rate;
            device_close_apart(device, PROBE_MS);
            return rate;
        }
        if (i < DEVICE_FALLBACKS)
            text_copy(one.name, sizeof one.name, request->fallback[i]);
    }
    return 0;
}
