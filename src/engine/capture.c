/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The capture thread: see capture.h. It opens the device, reads it until it is lost, and tries
 * again; while it reads it holds to the audio thread's law (rt/guard.h). Where the first frame
 * after a gap belongs is told by the clock.
 */
#include "config.h"

#include "engine/capture.h"
#include "base/err.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "engine/levels.h"
#include "engine/ltc_input.h"
#include "engine/pace.h"
#include "platform/clock.h"
#include "platform/thread.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH_FRAMES = 1024, RETRY_MS = 1000, PAUSE_MS = 20, CLOSE_DEADLINE_S = 2 };

struct capture {
    struct capture_request request;     /* constant */
    struct inputs *inputs;
    struct state_segment *state;
    struct ltc_input *ltc;              /* NULL: not wanted */
    struct thread thread;
    sem_t ended;                        /* posted by the thread as its last act */
    _Atomic bool quit;
    _Atomic uint64_t first;             /* frame of the past that it heard first; UINT64_MAX: none yet */
    pthread_mutex_t lock;               /* for status; never taken while frames are read */
    struct capture_status status;
    /* capture thread */
    bool gap;                           /* the next frames are the first of a stream: the clock says where they belong */
    struct levels_law law;
    struct levels levels[INPUTS];
    struct state_inputs picture;
    float raw[BATCH_FRAMES * CAPTURE_CHANNELS_MAX];
    float frames[BATCH_FRAMES * INPUTS_CHANNELS];       /* as the past has them */
    float part[BATCH_FRAMES * 2];       /* one input's, or LTC's */
};

/* --- capture thread, under the law --- */

/* One channel of the device into every `stride`-th place; one that it does not have is silent. */
static void pick_rt(const struct capture *capture, const struct capture_source *source, uint8_t channel, float *to,
                    uint32_t stride, uint32_t count)
{
    bool there = channel >= 1 && channel <= source->channels;
    const float *from = capture->raw + (there ? channel - 1 : 0);
    for (uint32_t i = 0; i < count; i++)
        to[(size_t)i * stride] = there ? from[(size_t)i * source->channels] : 0;
}

static void show_levels_rt(struct capture *capture, uint32_t count)
{
    for (int input = 0; input < INPUTS; input++) {
        struct state_input *shown = &capture->picture.input[input];
        for (uint32_t i = 0; i < count; i++) {
            for (uint32_t side = 0; side < 2; side++) {
                float sample = capture->frames[(size_t)i * INPUTS_CHANNELS + (size_t)input * 2 + side];
                capture->part[2 * (size_t)i + side] = sample;
                shown->over += sample >= 1.0f || sample <= -1.0f;
            }
        }
        levels_feed_rt(&capture->levels[input], &capture->law, shown->wanted ? capture->part : NULL, count);
        shown->peak_lin = capture->levels[input].peak_lin;
        shown->rms_lin = capture->levels[input].rms_lin;
    }
}

/* What was not heard before these frames, by the clock. */
static uint64_t missing_rt(const struct capture *capture, uint32_t rate, uint32_t count, uint64_t end_ns)
{
    const struct inputs_now *last = &capture->inputs->now;      /* this thread is its writer */
    uint64_t begin_ns = end_ns - pace_ns_rt(count, rate);
    if (!capture->gap || last->rate != rate || begin_ns <= last->time_ns)
        return 0;
    return pace_frames_rt(begin_ns - last->time_ns + pace_ns_rt(1, 2 * rate), rate);
}

static void take_rt(struct capture *capture, const struct capture_source *source, uint32_t count, uint64_t end_ns)
{
    const struct capture_request *request = &capture->request;
    uint64_t missing = missing_rt(capture, source->rate, count, end_ns);
    capture->gap = false;
    for (uint32_t channel = 0; channel < INPUTS_CHANNELS; channel++)
        pick_rt(capture, source, request->record[channel / 2][channel % 2], capture->frames + channel, INPUTS_CHANNELS, count);
    if (missing)
        inputs_pass_rt(capture->inputs, missing);
    if (atomic_load_explicit(&capture->first, memory_order_relaxed) == UINT64_MAX)
        atomic_store_explicit(&capture->first, inputs_written(capture->inputs), memory_order_relaxed);
    inputs_put_rt(capture->inputs, capture->frames, count);
    inputs_stamp_rt(capture->inputs, end_ns, source->rate);
    if (capture->ltc) {
        pick_rt(capture, source, request->ltc, capture->part, 1, count);
        ltc_input_put_rt(capture->ltc, capture->part, count, end_ns, source->rate);
    }
    show_levels_rt(capture, count);
    capture->picture.frame = atomic_load_explicit(&capture->inputs->written, memory_order_relaxed);
    capture->picture.time_ns = end_ns;
    capture->picture.lost += missing;
    capture->picture.rate = source->rate;
    seqlock_write_rt(&capture->state->inputs_lock, &capture->state->inputs, &capture->picture, sizeof capture->picture);
}

static void read_until_lost_rt(struct capture *capture, struct capture_source *source)
{
    uint64_t end_ns = 0;
    capture->gap = true;
    while (!atomic_load_explicit(&capture->quit, memory_order_relaxed)) {
        int32_t count = source->driver->read(source, capture->raw, BATCH_FRAMES, &end_ns);
        if (count > 0) {
            take_rt(capture, source, (uint32_t)count, end_ns);
        } else if (count == -1) {
            capture->gap = true;
            capture->picture.xruns++;
        } else if (count < 0) {
            return;
        }
    }
}

/* --- capture thread, with time --- */

static void set_status(struct capture *capture, const struct capture_source *source, const char *note)
{
    struct capture_status *status = &capture->status;
    pthread_mutex_lock(&capture->lock);
    status->running = source != NULL;
    status->rate = source ? source->rate : 0;
    status->channels = source ? source->channels : 0;
    text_copy(status->note, sizeof status->note, note);
    status->changes++;
    pthread_mutex_unlock(&capture->lock);
}

static const struct capture_driver *driver_for(const char *name)
{
    return strcmp(name, "clock") == 0 ? &capture_clock : strcmp(name, "count") == 0 ? &capture_count : &capture_alsa;
}

uint32_t capture_channels_wanted(const struct capture_request *request)
{
    uint32_t most = request->ltc;
    for (int i = 0; i < INPUTS_CHANNELS; i++)
        if (request->record[i / 2][i % 2] > most)
            most = request->record[i / 2][i % 2];
    return most;
}

static void tell_open(struct capture *capture, const struct capture_source *source)
{
    char note[sizeof capture->status.note] = "";
    if (source->channels < capture_channels_wanted(&capture->request))
        snprintf(note, sizeof note, "%.96s has %u channels: an input on channel %u is silent", capture->request.name,
                 source->channels, capture_channels_wanted(&capture->request));
    set_status(capture, source, note);
}

/* Its levels are nobody's now. */
static void show_lost(struct capture *capture)
{
    for (int input = 0; input < INPUTS; input++) {
        capture->levels[input] = (struct levels){0};
        capture->picture.input[input].peak_lin = capture->picture.input[input].rms_lin = 0;
    }
    capture->picture.rate = 0;
    seqlock_write_rt(&capture->state->inputs_lock, &capture->state->inputs, &capture->picture, sizeof capture->picture);
}

static void use_source(struct capture *capture, struct capture_source *source)
{
    char note[sizeof capture->status.note];
    levels_init(&capture->law, source->rate);
    tell_open(capture, source);
    rt_guard_enter();
    read_until_lost_rt(capture, source);
    rt_guard_leave();
    snprintf(note, sizeof note, "%.96s %s", capture->request.name, source->why ? source->why : "was closed");
    source->driver->close(source);
    show_lost(capture);
    set_status(capture, NULL, note);
}

static void *run_capture(void *context)
{
    struct capture *capture = context;
    thread_flush_denormals();
    while (!atomic_load_explicit(&capture->quit, memory_order_relaxed)) {
        struct err err = {0};
        struct capture_source *source = driver_for(capture->request.name)->open(&capture->request, &err);
        if (source)
            use_source(capture, source);
        else if (strcmp(capture->status.note, err.text) != 0)          /* only this thread writes it */
            set_status(capture, NULL, err.text);
        for (int ms = 0; ms < RETRY_MS && !atomic_load_explicit(&capture->quit, memory_order_relaxed); ms += PAUSE_MS)
            clock_sleep_ms(PAUSE_MS);
    }
    sem_post(&capture->ended);
    return NULL;
}

/* --- main thread --- */

static void capture_free(struct capture *capture)
{
    ltc_input_close(capture->ltc);
    pthread_mutex_destroy(&capture->lock);
    sem_destroy(&capture->ended);
    free(capture);
}

struct capture *capture_open(const struct capture_request *request, struct inputs *inputs, struct state_segment *state)
{
    errno = 0;
    if (!request->name[0])
        return NULL;
    struct capture *capture = xaligned(RT_CACHELINE, sizeof *capture);
    capture->request = *request;
    capture->inputs = inputs;
    capture->state = state;
    capture->first = UINT64_MAX;
    text_copy(capture->status.name, sizeof capture->status.name, request->name);
    thread_lock_init(&capture->lock);
    sem_init(&capture->ended, 0, 0);
    for (int input = 0; input < INPUTS; input++)
        capture->picture.input[input].wanted = request->record[input][0] || request->record[input][1];
    if (request->ltc)
        capture->ltc = ltc_input_open(state);
    if (thread_start(&capture->thread, "capture", THREAD_PRIORITY_CAPTURE, run_capture, capture, NULL, 0) == 0)
        return capture;
    int error = errno;
    capture_free(capture);
    errno = error;
    return NULL;
}

void capture_leave(struct capture *capture)
{
    if (capture)
        atomic_store_explicit(&capture->quit, true, memory_order_relaxed);
}

bool capture_take_end(struct capture *capture)
{
    if (!capture)
        return true;
    if (sem_trywait(&capture->ended) < 0)
        return false;
    thread_join(&capture->thread);
    capture_free(capture);
    return true;
}

void capture_close(struct capture *capture)
{
    if (!capture)
        return;
    capture_leave(capture);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += CLOSE_DEADLINE_S;
    int late;
    while ((late = sem_timedwait(&capture->ended, &until)) < 0 && errno == EINTR)
        ;
    if (late)
        return;                         /* it hangs in its driver: what it uses stays */
    thread_join(&capture->thread);
    capture_free(capture);
}

uint64_t capture_first_frame(const struct capture *capture)
{
    return atomic_load_explicit(&capture->first, memory_order_relaxed);
}

void capture_get_status(struct capture *capture, struct capture_status *status)
{
    *status = (struct capture_status){0};
    if (!capture)
        return;
    pthread_mutex_lock(&capture->lock);
    *status = capture->status;
    pthread_mutex_unlock(&capture->lock);
}
