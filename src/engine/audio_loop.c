/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audio thread: see audio_loop.h. The show's time is one line: frame F is due at one
 * moment, whichever device plays it. A change of device hands the next due time on; frames a
 * device could not play are made unheard, so that what comes back is where it would have been.
 * A device that is to go though it plays is faded out, and given back when its buffer has
 * played what it had.
 */
#include "config.h"

#include "engine/audio_loop.h"
#include "engine/pace.h"
#include "base/log.h"
#include "pcm/mix.h"
#include "platform/clock.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { FADE_MS = 5, FILL_MS = 3, JOIN_DEADLINE_S = 2, STACK_TOUCHED = 128 * 1024 };
enum { STORM_XRUNS = 50 };              /* within a second: nothing of it can be heard any more */
#define PARDON_NS (50 * UINT64_C(1000000))
#define STUCK_NS (70 * UINT64_C(1000000))       /* and two periods: no call of a card that plays takes that long */
#define STUCK_START_NS CLOCK_SECOND_NS          /* nor that, of one that is to start */

/* --- audio thread --- */

static uint64_t frames_ns_rt(const struct device_format *format, uint64_t frames)
{
    return frames * CLOCK_SECOND_NS / format->rate;
}

static uint32_t fade_frames_rt(const struct audio_loop *loop)
{
    return loop->device->format.rate * FADE_MS / 1000;
}

/* fill_ms: how long nothing is heard yet, as converters and limiters of a new device have to fill first. */
static void begin_fade_in_rt(struct audio_loop *loop, uint32_t fill_ms)
{
    loop->fill_frames = loop->device->format.rate * fill_ms / 1000;
    loop->fade_frames = loop->fill_frames + fade_frames_rt(loop);
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
    atomic_store_explicit(&loop->card, device, memory_order_release);
    engine_set_channels_rt(loop->engine, device->paired ? device->format.channels : 0);
    device->driver->start(device, loop->next_due_ns);
}

/* Puts it where the device thread finds it; `why` and `next` are seen with it. */
static void push_back_rt(struct audio_loop *loop, struct device *device)
{
    struct device *first = atomic_load_explicit(&loop->returned, memory_order_relaxed);
    do
        device->next = first;
    while (!atomic_compare_exchange_weak_explicit(&loop->returned, &first, device, memory_order_release, memory_order_relaxed));
}

/* The card is gone: the stand-in plays on from the same frame. */
static void give_back_rt(struct audio_loop *loop)
{
    struct device *lost = loop->device;
    if (lost == loop->stand_in)
        return;
    loop->leaving = false;
    use_device_rt(loop, loop->stand_in);
    push_back_rt(loop, lost);
}

static void lose_card_rt(struct audio_loop *loop, enum state_cause cause)
{
    engine_raise_rt(loop->engine, cause);
    give_back_rt(loop);
}

/* Return: whether what the card in use still had to play is played, and it may go. */
static bool has_left_rt(struct audio_loop *loop)
{
    if (loop->device == loop->stand_in)
        return true;
    const struct device_format *format = &loop->device->format;
    if (!loop->leaving && loop->fade_at < loop->fade_frames)
        return false;                           /* it fades in: that is completed */
    if (!loop->leaving)
        loop->left_frames = 0;
    loop->leaving = true;
    return loop->left_frames >= fade_frames_rt(loop) + (uint64_t)format->period * format->periods;
}

/* What the device thread wants: that another device plays, or that this one leaves. */
static void change_device_rt(struct audio_loop *loop)
{
    bool leave = atomic_load_explicit(&loop->leave, memory_order_relaxed);
    if ((!leave && !atomic_load_explicit(&loop->offered, memory_order_relaxed)) || !has_left_rt(loop))
        return;
    give_back_rt(loop);
    atomic_store_explicit(&loop->leave, false, memory_order_relaxed);
    struct device *device = atomic_exchange_explicit(&loop->offered, NULL, memory_order_acquire);
    if (!device)
        return;
    use_device_rt(loop, device);
    if (engine_frame_rt(loop->engine) > 0)
        begin_fade_in_rt(loop, FILL_MS);
}

static void scale_output_rt(struct audio_loop *loop, const struct engine_output *output, uint32_t frames)
{
    for (int bus = 0; bus < ENGINE_BUSSES; bus++)
        mix_scale_ramp_rt(output->bus[bus], loop->gains, frames);
    for (int pair = 0; pair < ENGINE_PAIRS; pair++)
        if (output->pair[pair])
            mix_scale_ramp_rt(output->pair[pair], loop->gains, frames);
}

static void fade_in_rt(struct audio_loop *loop, const struct engine_output *output, uint32_t frames)
{
    const uint32_t fill = loop->fill_frames;
    for (uint32_t i = 0; i < frames; i++) {
        uint32_t at = loop->fade_at + i;
        loop->gains[i] = at < fill ? 0 : at < loop->fade_frames ? (float)(at - fill) / (float)(loop->fade_frames - fill) : 1;
    }
    scale_output_rt(loop, output, frames);
    loop->fade_at += frames < loop->fade_frames - loop->fade_at ? frames : loop->fade_frames - loop->fade_at;
}

static void fade_out_rt(struct audio_loop *loop, const struct engine_output *output, uint32_t frames)
{
    const uint32_t all = fade_frames_rt(loop);
    for (uint32_t i = 0; i < frames; i++)
        loop->gains[i] = loop->left_frames + i < all ? 1 - (float)(loop->left_frames + i) / (float)all : 0;
    scale_output_rt(loop, output, frames);
    loop->left_frames += frames;
}

static void tell_engine_rt(struct audio_loop *loop, uint64_t next_due_ns)
{
    const struct busy *busy = &loop->busy;
    struct engine_note note = {.time_ns = next_due_ns, .load_ppm = busy->recent_ppm, .median_ppm = busy->median_ppm,
                               .worst_ppm = busy->worst_ppm, .xruns = loop->xruns, .late = loop->late};
    engine_note_rt(loop->engine, &note);
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
    push_back_rt(loop, device);
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
    tell_engine_rt(loop, device->due_ns + period_ns);
    engine_process_rt(loop->engine, frames, &output);
    if (loop->leaving)
        fade_out_rt(loop, &output, frames);
    else if (loop->fade_at < loop->fade_frames)
        fade_in_rt(loop, &output, frames);
    device->driver->take(device, &output, frames, frame);
    loop->next_due_ns = device->due_ns + period_ns;
    if (!write_rt(loop))
        return false;
    if (device != loop->stand_in)
        atomic_fetch_add_explicit(&loop->card_frames, frames, memory_order_relaxed);
    uint64_t busy_ns = clock_now_rt() - begin;
    busy_note_rt(&loop->busy, busy_ns, period_ns);
    loop->late += busy_ns > period_ns;
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

/* One xrun is passed over; a card that has them all the time is none. */
static void note_xrun_rt(struct audio_loop *loop)
{
    uint64_t now = clock_now_rt();
    loop->xruns++;
    begin_fade_in_rt(loop, 0);
    if (now - loop->storm_ns > CLOCK_SECOND_NS) {
        loop->storm_ns = now;
        loop->storm_xruns = 0;
    }
    if (++loop->storm_xruns < STORM_XRUNS || loop->device == loop->stand_in)
        return;
    loop->storm_xruns = 0;
    loop->device->why = "has one xrun after the other";
    lose_card_rt(loop, STATE_CAUSE_XRUNS);
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
    if (wait == DEVICE_XRUN)
        note_xrun_rt(loop);
    else if (wait == DEVICE_LOST)
        lose_card_rt(loop, STATE_CAUSE_DEVICE);
    return true;
}

/* An engine that was resumed: what was due while there was none goes by unheard. */
static void pass_over_gap_rt(struct audio_loop *loop)
{
    uint64_t now = clock_now_rt();
    if (engine_frame_rt(loop->engine) > 0 && now > loop->next_due_ns)
        pass_over_rt(loop, pace_frames_rt(now - loop->next_due_ns, loop->device->format.rate) + 1);
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
    atomic_store_explicit(&loop->tid, gettid(), memory_order_relaxed);
    thread_flush_denormals();
    rt_guard_enter();
    pass_over_gap_rt(loop);
    if (loop->rescued)
        engine_raise_rt(loop->engine, STATE_CAUSE_DEVICE);
    loop->rescued = false;
    if (!atomic_load_explicit(&loop->offered, memory_order_relaxed))    /* else that one is taken at once */
        use_device_rt(loop, loop->device);
    while (!atomic_load_explicit(&loop->quit, memory_order_relaxed)) {
        change_device_rt(loop);
        if (!take_turn_rt(loop))
            return NULL;
    }
    rt_guard_leave();
    if (loop->device != loop->stand_in)
        push_back_rt(loop, loop->device);
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

void audio_loop_leave(struct audio_loop *loop)
{
    atomic_store_explicit(&loop->leave, true, memory_order_relaxed);
}

struct device *audio_loop_take_back(struct audio_loop *loop)
{
    if (!loop->back)
        loop->back = atomic_exchange_explicit(&loop->returned, NULL, memory_order_acquire);
    struct device *device = loop->back;
    if (device)
        loop->back = device->next;
    return device;
}

struct device *audio_loop_take_last(struct audio_loop *loop)
{
    struct device *offered = atomic_exchange_explicit(&loop->offered, NULL, memory_order_acquire);
    return offered ? offered : audio_loop_take_back(loop);
}

/* It has been inside a call of the card for too long, and not for want of a processor. */
static bool is_stuck(const struct audio_loop *loop, uint64_t entered, const struct device_format *format)
{
    bool started = atomic_load_explicit(&loop->card_frames, memory_order_relaxed) > 0;
    uint64_t limit = started ? STUCK_NS + frames_ns_rt(format, 2 * (uint64_t)format->period) : STUCK_START_NS;
    return clock_now_rt() > entered + limit && thread_is_asleep(atomic_load_explicit(&loop->tid, memory_order_relaxed));
}

/* The whole machine stood still: the call may have come back, and its thread not had a processor yet. Once a call. */
static bool is_pardoned(struct audio_loop *loop, uint64_t entered, bool late)
{
    uint64_t now = clock_now_rt();
    if (late && loop->pardoned != entered) {
        loop->pardoned = entered;
        loop->pardoned_until_ns = now + PARDON_NS;
    }
    return loop->pardoned == entered && now < loop->pardoned_until_ns;
}

bool audio_loop_rescue(struct audio_loop *loop, const struct device_format *format, bool late)
{
    uint64_t entered = atomic_load_explicit(&loop->inside, memory_order_acquire);
    if (entered == 0 || is_pardoned(loop, entered, late) || !is_stuck(loop, entered, format))
        return false;
    uint64_t inside_ns = clock_now_rt() - entered;
    char told[80];
    thread_tell(atomic_load_explicit(&loop->tid, memory_order_relaxed), told, sizeof told);
    atomic_fetch_add_explicit(&loop->astray, 1, memory_order_relaxed);
    if (!atomic_compare_exchange_strong_explicit(&loop->inside, &entered, 0, memory_order_acq_rel, memory_order_relaxed)) {
        atomic_fetch_sub_explicit(&loop->astray, 1, memory_order_relaxed);
        return false;
    }
    log_line(LOG_WARN, "audio: a call of the card has lasted %u ms; its thread: %s", (unsigned)(inside_ns / 1000000), told);
    pthread_detach(loop->thread.id);
    loop->device = loop->stand_in;
    loop->leaving = false;
    loop->rescued = true;
    thread_start(&loop->thread, "audio", THREAD_PRIORITY_AUDIO, run_loop, loop, NULL, 0);
    return true;
}

bool audio_loop_card_plays(const struct audio_loop *loop, const struct device *device, const struct device_format *format)
{
    if (atomic_load_explicit(&loop->card, memory_order_acquire) != device)
        return false;
    return atomic_load_explicit(&loop->card_frames, memory_order_relaxed) > (uint64_t)format->period * (format->periods + 1);
}
