/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audio thread: see audio_loop.h. The show's time is one line: frame F is due at one
 * moment, whichever device plays it. A change of device hands the next due time on; frames a
 * device could not play are made unheard, so that what comes back is where it would have been.
 */
#include "config.h"

#include "engine/audio_loop.h"
#include "pcm/mix.h"
#include "platform/clock.h"

#include <errno.h>
#include <string.h>

enum { FADE_IN_MS = 5, JOIN_DEADLINE_S = 2, STACK_TOUCHED = 128 * 1024 };
#define STUCK_NS CLOCK_SECOND_NS        /* no wait takes that long, not even of a lost card */

/* --- audio thread --- */

static uint64_t frames_ns_rt(const struct device_format *format, uint64_t frames)
{
    return frames * CLOCK_SECOND_NS / format->rate;
}

static void begin_fade_in_rt(struct audio_loop *loop)
{
    loop->fade_frames = loop->device->format.rate * FADE_IN_MS / 1000;
    loop->fade_at = 0;
}

/* A device may bring another rate; the stand-in takes that of the device before it. */
static void use_device_rt(struct audio_loop *loop, struct device *device)
{
    loop->device = device;
    if (device == loop->stand_in)
        device->format.rate = engine_rate_rt(loop->engine);
    else
        engine_follow_rt(loop->engine, device->format.rate);
    atomic_store_explicit(&loop->card_frames, 0, memory_order_relaxed);
    engine_set_channels_rt(loop->engine, device->paired ? device->format.channels : 0);
    device->driver->start(device, loop->next_due_ns);
}

static void take_offer_rt(struct audio_loop *loop)
{
    struct device *device = atomic_exchange_explicit(&loop->offered, NULL, memory_order_acquire);
    if (!device)
        return;
    use_device_rt(loop, device);
    if (engine_frame_rt(loop->engine) > 0)
        begin_fade_in_rt(loop);
}

static void give_back_rt(struct audio_loop *loop)
{
    struct device *lost = loop->device;
    if (lost == loop->stand_in)
        return;
    use_device_rt(loop, loop->stand_in);
    atomic_store_explicit(&loop->returned, lost, memory_order_release);     /* its `why` is seen with it */
}

static void fade_in_rt(struct audio_loop *loop, const struct engine_output *output, uint32_t frames)
{
    for (uint32_t i = 0; i < frames; i++)
        loop->gains[i] = loop->fade_at + i < loop->fade_frames ? (float)(loop->fade_at + i) / (float)loop->fade_frames : 1.0f;
    for (int bus = 0; bus < ENGINE_BUSSES; bus++)
        mix_scale_ramp_rt(output->bus[bus], loop->gains, frames);
    for (int pair = 0; pair < ENGINE_PAIRS; pair++)
        if (output->pair[pair])
            mix_scale_ramp_rt(output->pair[pair], loop->gains, frames);
    loop->fade_at += frames < loop->fade_frames - loop->fade_at ? frames : loop->fade_frames - loop->fade_at;
}

/* Up at once, down to a third in a second: a short peak can still be read. */
static void note_load_rt(struct audio_loop *loop, uint64_t busy_ns, uint64_t period_ns)
{
    uint64_t now = busy_ns * 1000000 / period_ns;
    uint32_t ppm = now < 10000000 ? (uint32_t)now : 10000000;
    if (ppm >= loop->load_ppm)
        loop->load_ppm = ppm;
    else
        loop->load_ppm -= (uint32_t)((loop->load_ppm - ppm) * period_ns / (period_ns + CLOCK_SECOND_NS));
    if (busy_ns > period_ns)
        loop->late++;
}

static void publish_anchor_rt(struct audio_loop *loop, uint64_t frame)
{
    const struct device *device = loop->device;
    struct audio_anchor anchor = {
        .frame = frame, .due_ns = device->due_ns, .rate = device->format.rate, .period = device->format.period,
    };
    seqlock_write_rt(&loop->anchor_lock, &loop->anchor, &anchor, sizeof anchor);
}

/* Around every call that may sleep in a driver. */
static uint64_t enter_card_rt(struct audio_loop *loop)
{
    uint64_t now = clock_now_rt();
    if (loop->device != loop->stand_in)
        atomic_store_explicit(&loop->inside, now, memory_order_release);
    return now;
}

/* Return: false if the loop was taken away meanwhile: the device is given back, and nothing else may be touched. */
static bool leave_card_rt(struct audio_loop *loop, struct device *device, uint64_t entered)
{
    if (device->driver == &device_clock)
        return true;
    if (atomic_compare_exchange_strong_explicit(&loop->inside, &entered, 0, memory_order_acq_rel, memory_order_relaxed))
        return true;
    atomic_store_explicit(&loop->returned, device, memory_order_release);
    atomic_fetch_sub_explicit(&loop->astray, 1, memory_order_release);
    return false;
}

static bool write_rt(struct audio_loop *loop)
{
    struct device *device = loop->device;
    if (!device->driver->write)
        return true;
    uint64_t entered = enter_card_rt(loop);
    device->driver->write(device);
    return leave_card_rt(loop, device, entered);
}

/* As all that calls the card, returns false if the loop is not this thread's any more. */
static bool play_period_rt(struct audio_loop *loop, uint32_t frames)
{
    struct device *device = loop->device;
    struct engine_output output;
    uint64_t begin = clock_now_rt(), frame = engine_frame_rt(loop->engine), period_ns = frames_ns_rt(&device->format, frames);
    publish_anchor_rt(loop, frame);
    engine_note_rt(loop->engine, device->due_ns + period_ns, loop->load_ppm, loop->xruns, loop->late);
    engine_process_rt(loop->engine, frames, &output);
    if (loop->fade_at < loop->fade_frames)
        fade_in_rt(loop, &output, frames);
    device->driver->take(device, &output, frames, frame);
    loop->next_due_ns = device->due_ns + period_ns;
    if (!write_rt(loop))
        return false;
    if (device != loop->stand_in)
        atomic_fetch_add_explicit(&loop->card_frames, frames, memory_order_relaxed);
    note_load_rt(loop, clock_now_rt() - begin, period_ns);
    return true;
}

static void pass_over_rt(struct audio_loop *loop, uint64_t lost)
{
    struct engine_output unheard;
    const uint32_t chunk = loop->device->format.period;
    loop->next_due_ns += frames_ns_rt(&loop->device->format, lost);
    while (lost && !atomic_load_explicit(&loop->quit, memory_order_relaxed)) {
        uint32_t frames = lost < chunk ? (uint32_t)lost : chunk;
        engine_process_rt(loop->engine, frames, &unheard);
        lost -= frames;
    }
}

static bool take_turn_rt(struct audio_loop *loop)
{
    uint32_t frames;
    uint64_t lost;
    struct device *device = loop->device;
    uint64_t entered = enter_card_rt(loop);
    enum device_wait wait = device->driver->wait(device, &frames, &lost);
    if (!leave_card_rt(loop, device, entered))
        return false;
    if (lost)
        pass_over_rt(loop, lost);
    if (wait == DEVICE_READY)
        return play_period_rt(loop, frames);
    if (wait == DEVICE_XRUN) {
        loop->xruns++;
        begin_fade_in_rt(loop);
    } else if (wait == DEVICE_LOST) {
        give_back_rt(loop);
    }
    return true;
}

/* The stack's pages are there, and locked, before they are needed. */
static void touch_stack(void)
{
    volatile unsigned char stack[STACK_TOUCHED];
    for (size_t i = 0; i < sizeof stack; i += 1024)
        stack[i] = 0;
}

static void *run_loop(void *context)
{
    struct audio_loop *loop = context;
    touch_stack();
    thread_take_core();
    thread_flush_denormals();
    rt_guard_enter();
    use_device_rt(loop, loop->device);
    while (!atomic_load_explicit(&loop->quit, memory_order_relaxed)) {
        take_offer_rt(loop);
        if (!take_turn_rt(loop))
            return NULL;
    }
    rt_guard_leave();
    if (loop->device != loop->stand_in)
        atomic_store_explicit(&loop->returned, loop->device, memory_order_release);
    sem_post(&loop->ended);
    return NULL;
}

/* --- main thread --- */

void audio_loop_init(struct audio_loop *loop, struct engine *engine, struct device *stand_in)
{
    memset(loop, 0, sizeof *loop);
    loop->engine = engine;
    loop->stand_in = stand_in;
    loop->device = stand_in;
    loop->anchor = (struct audio_anchor){.due_ns = clock_now_rt(), .rate = stand_in->format.rate,
                                         .period = stand_in->format.period};
    sem_init(&loop->ended, 0, 0);
}

int audio_loop_start(struct audio_loop *loop, uint64_t start_ns, char *note, size_t note_bytes)
{
    loop->next_due_ns = start_ns;
    return thread_start(&loop->thread, "audio", THREAD_PRIORITY_AUDIO, run_loop, loop, note, note_bytes);
}

bool audio_loop_stop(struct audio_loop *loop)
{
    atomic_store_explicit(&loop->quit, true, memory_order_relaxed);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += JOIN_DEADLINE_S;
    while (loop->thread.running && sem_timedwait(&loop->ended, &until) < 0)
        if (errno == ETIMEDOUT)
            return false;
    thread_join(&loop->thread);
    if (atomic_load_explicit(&loop->astray, memory_order_acquire) > 0)
        return false;
    sem_destroy(&loop->ended);
    loop->stand_in->driver->close(loop->stand_in);
    return true;
}

void audio_loop_get_anchor(const struct audio_loop *loop, struct audio_anchor *anchor)
{
    while (!seqlock_read(&loop->anchor_lock, &loop->anchor, anchor, sizeof *anchor))
        ;
}

/* --- device thread --- */

void audio_loop_offer(struct audio_loop *loop, struct device *device)
{
    atomic_store_explicit(&loop->offered, device, memory_order_release);
}

struct device *audio_loop_take_back(struct audio_loop *loop)
{
    return atomic_exchange_explicit(&loop->returned, NULL, memory_order_acquire);
}

struct device *audio_loop_take_last(struct audio_loop *loop)
{
    struct device *offered = atomic_exchange_explicit(&loop->offered, NULL, memory_order_acquire);
    return offered ? offered : audio_loop_take_back(loop);
}

bool audio_loop_rescue(struct audio_loop *loop)
{
    uint64_t entered = atomic_load_explicit(&loop->inside, memory_order_acquire);
    if (entered == 0 || clock_now_rt() < entered + STUCK_NS)
        return false;
    atomic_fetch_add_explicit(&loop->astray, 1, memory_order_relaxed);
    if (!atomic_compare_exchange_strong_explicit(&loop->inside, &entered, 0, memory_order_acq_rel, memory_order_relaxed)) {
        atomic_fetch_sub_explicit(&loop->astray, 1, memory_order_relaxed);
        return false;
    }
    pthread_detach(loop->thread.id);
    loop->device = loop->stand_in;
    thread_start(&loop->thread, "audio", THREAD_PRIORITY_AUDIO, run_loop, loop, NULL, 0);
    return true;
}

bool audio_loop_card_plays(const struct audio_loop *loop, const struct device_format *format)
{
    return atomic_load_explicit(&loop->card_frames, memory_order_relaxed) > (uint64_t)format->period * (format->periods + 1);
}
