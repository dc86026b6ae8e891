/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The device thread: see audio_keep.h. It offers devices to the audio loop, sees them come back when they
 * are lost, closes them and tries again, waiting 0.1 s at first and 1 s at most; while a
 * fall-back plays, the better ones are tried in the same way. Opening and closing is done by
 * threads that may be left behind (device_apart.h), and while one of these is waited for the
 * loop is looked after: an audio thread that hangs is replaced whatever else goes on.
 *
 * A change asked for is done from outside in: if the other device can be opened while the old
 * one plays, that one plays until then. Where both are the same card the old one leaves first,
 * and is opened again as it was if the new choices do not work.
 */
#include "config.h"

#include "engine/audio_keep.h"
#include "base/text.h"
#include "engine/device_apart.h"
#include "platform/clock.h"

#include <stdio.h>
#include <string.h>

enum {
    RETRY_FIRST_MS = 100, RETRY_LAST_MS = 1000,
    STEADY_MS = 5000,                   /* a device that played so long is tried again at once */
    LOOK_MS = 10,                       /* how often the device thread looks after a device that plays */
    IDLE_LOOK_MS = 50,                  /* and for one, or for a change, while none does */
    LEAVE_MS = 3000, PLAYS_MS = 2000,   /* until a device has left, or plays */
};

/* --- looking after the loop --- */

static bool is_quitting(struct audio *audio)
{
    pthread_mutex_lock(&audio->lock);
    bool quit = audio->quit;
    pthread_mutex_unlock(&audio->lock);
    return quit;
}

static const char *name_of(const struct device_request *request, int index)
{
    return index == 0 ? request->name : request->fallback[index - 1];
}

static void back_off(struct audio *audio)
{
    unsigned next = audio->retry_ms ? 2 * audio->retry_ms : RETRY_FIRST_MS;
    audio->retry_ms = next < RETRY_LAST_MS ? next : RETRY_LAST_MS;
    audio->retry_ns = clock_now_rt() + audio->retry_ms * UINT64_C(1000000);
}

/* The card of this index plays, or the clock does: what may be left to say of that. */
static void say_playing(struct audio *audio)
{
    const struct keep_playing *playing = &audio->playing;
    const struct device_request *request = &audio->request;
    char note[sizeof audio->status.note] = "";
    if (playing->index > 0)
        snprintf(note, sizeof note, "%.60s is not there; %.60s plays", request->name, name_of(request, playing->index));
    keep_set_status(audio, AUDIO_RUNNING, name_of(request, playing->index), note, &playing->format);
}

/* The device that played is gone: `why` as the driver put it, or NULL if it was to leave. */
static void end_playing(struct audio *audio, const char *why)
{
    struct keep_playing *playing = &audio->playing;
    char note[sizeof audio->status.note];
    bool steady = clock_now_rt() - playing->since_ns > STEADY_MS * UINT64_C(1000000);
    playing->device = NULL;
    if (!why)
        return;
    snprintf(note, sizeof note, "%.96s %s", name_of(&audio->request, playing->index), why);
    keep_set_silent(audio, note);
    if (steady)
        audio->retry_ms = 0;
    back_off(audio);
}

static void rescue_loop(struct audio *audio)
{
    uint64_t now = clock_now_rt();
    bool late = now - audio->looked_ns > 4 * LOOK_MS * UINT64_C(1000000);
    audio->looked_ns = now;
    pthread_mutex_lock(&audio->lock);           /* main begins to stop the loop only after it has set quit */
    bool rescued = !audio->quit && audio_loop_rescue(&audio->loop, &audio->playing.format, late);
    pthread_mutex_unlock(&audio->lock);
    if (rescued)
        end_playing(audio, "hangs in its driver");
}

/* To be called every LOOK_MS, whatever else is waited for. */
static void tend_loop(struct audio *audio)
{
    struct device *back;
    while ((back = audio_loop_take_back(&audio->loop))) {
        if (back == audio->playing.device)
            end_playing(audio, back->why);
        device_close_apart(back, KEEP_CLOSE_MS);
    }
    if (!audio->playing.device)
        return;
    if (audio_loop_card_plays(&audio->loop, audio->playing.device, &audio->playing.format))
        say_playing(audio);
    rescue_loop(audio);
}

static bool pause_for(struct audio *audio, unsigned ms)
{
    pthread_mutex_lock(&audio->lock);
    bool quit = keep_wait(audio, &audio->quit, ms);
    pthread_mutex_unlock(&audio->lock);
    return !quit;
}

/* --- opening --- */

/* The engine can run at its rate before the audio thread sees it. */
static void follow_rate(struct audio *audio, uint32_t rate)
{
    engine_know_rate(audio->loop.engine, rate);
    pthread_mutex_lock(&audio->lock);
    audio->clock_format.rate = rate;
    pthread_mutex_unlock(&audio->lock);
}

/* The device of this request and index, opened beside all else. Return: NULL with err. */
static struct device *open_one(struct audio *audio, const struct device_request *request, int index, struct err *err)
{
    struct device_request one = *request;
    struct device *device;
    bool again = request == &audio->request && audio->again[index][0];
    text_copy(one.name, sizeof one.name, again ? audio->again[index] : name_of(request, index));
    if (audio->origin_ns)
        one.start_ns = audio->origin_ns;        /* a recording goes on where it stopped */
    struct device_opening *opening = device_opening_begin(&one);
    for (uint64_t end = clock_now_rt() + KEEP_OPEN_MS * UINT64_C(1000000); clock_now_rt() < end && !is_quitting(audio);) {
        if (device_opening_wait(opening, LOOK_MS, &device, err))
            return device;
        tend_loop(audio);
    }
    device_opening_leave(opening);
    err_set(err, ERR_BUSY, "%.96s does not answer", one.name);
    return NULL;
}

static void offer(struct audio *audio, struct device *device, int index)
{
    struct keep_playing *playing = &audio->playing;
    if (device->again[0])               /* a card that was opened by its id is still known by it */
        text_copy(audio->again[index], sizeof audio->again[index], device->again);
    follow_rate(audio, device->format.rate);
    pthread_mutex_lock(&audio->lock);
    audio->status.channels_most = device->channels_most;
    pthread_mutex_unlock(&audio->lock);
    *playing = (struct keep_playing){.device = device, .index = index, .format = device->format, .since_ns = clock_now_rt()};
    audio_loop_offer(&audio->loop, device);
}

/* Tries the first `count` of the names in their order. *err: why the first one failed. Return: whether one was offered. */
static bool try_names(struct audio *audio, int count, struct err *err)
{
    for (int i = 0; i < count && name_of(&audio->request, i)[0]; i++) {
        struct err reason = {0};
        struct device *device = open_one(audio, &audio->request, i, &reason);
        if (i == 0)
            *err = reason;
        if (!device)
            continue;
        offer(audio, device, i);
        return true;
    }
    return false;
}

/* Without a device all names are tried, with a fall-back those before it. */
static void look_for_device(struct audio *audio)
{
    struct keep_playing *playing = &audio->playing;
    struct err err = {0};
    int count = playing->device ? playing->index : AUDIO_NAMES;
    if (audio->on_clock || count == 0 || clock_now_rt() < audio->retry_ns)
        return;
    bool silent = !playing->device;
    bool found = try_names(audio, count, &err);
    if (!found && silent && !playing->device && err.code != ERR_IO)
        keep_set_silent(audio, err.text);       /* a card that went is still not there: that was said when it went */
    back_off(audio);
}

/* --- changes --- */

/* Return: whether nothing plays any more. */
static bool leave_device(struct audio *audio)
{
    audio_loop_leave(&audio->loop);
    for (int waited = 0; waited < LEAVE_MS && audio->playing.device; waited += LOOK_MS) {
        if (!pause_for(audio, LOOK_MS))
            return false;
        tend_loop(audio);
    }
    return !audio->playing.device;
}

/* Return: whether the device that was offered last plays. */
static bool is_taken(struct audio *audio, struct err *err)
{
    const struct device *device = audio->playing.device;
    for (int waited = 0; waited < PLAYS_MS && audio->playing.device == device; waited += LOOK_MS) {
        if (audio_loop_card_plays(&audio->loop, audio->playing.device, &audio->playing.format))
            return true;
        if (!pause_for(audio, LOOK_MS))
            break;
        tend_loop(audio);
    }
    err_set(err, ERR_REFUSED, "%.96s opens, but does not play", audio->request.name);
    return false;
}

/* Opens what is asked for, beside what plays or in its stead. */
static struct device *open_other(struct audio *audio, const struct device_request *other, struct err *err)
{
    const struct keep_playing *playing = &audio->playing;
    bool same = playing->device && !strcmp(other->name, name_of(&audio->request, playing->index));
    if (!same)
        audio->origin_ns = 0;                   /* another recording begins now */
    struct device *device = same ? NULL : open_one(audio, other, 0, err);
    if (device || !playing->device || (!same && err->code != ERR_BUSY) || !leave_device(audio))
        return device;
    return open_one(audio, other, 0, err);
}

/* From now on this is what is kept to. */
static void keep_to(struct audio *audio, const struct device_request *request)
{
    pthread_mutex_lock(&audio->lock);
    audio->request = *request;
    text_copy(audio->status.wanted, sizeof audio->status.wanted, request->name);
    pthread_mutex_unlock(&audio->lock);
    memset(audio->again, 0, sizeof audio->again);
    audio->on_clock = false;
    audio->retry_ms = 0;
    audio->retry_ns = 0;
}

/* Where a recording is gone on with. */
static void begin_origin(struct audio *audio)
{
    if (!audio->origin_ns)
        audio->origin_ns = clock_now_rt();
}

static void tell_origin(struct audio *audio)
{
    pthread_mutex_lock(&audio->lock);
    audio->status.start_ns = audio->origin_ns;
    pthread_mutex_unlock(&audio->lock);
}

static void change_device(struct audio *audio, const struct device_request *other, struct err *err)
{
    const struct device_request before = audio->request;
    const bool on_clock = audio->on_clock;
    const uint64_t origin_ns = audio->origin_ns;
    struct device *device = open_other(audio, other, err);
    if (device) {
        keep_to(audio, other);
        offer(audio, device, 0);
        begin_origin(audio);
        if (is_taken(audio, err)) {
            tell_origin(audio);
            say_playing(audio);
            return;
        }
        keep_to(audio, &before);
    }
    audio->on_clock = on_clock;
    audio->origin_ns = origin_ns;
    if (on_clock)
        leave_device(audio);
    struct err ignored;
    if (!audio->playing.device && !on_clock && try_names(audio, AUDIO_NAMES, &ignored))
        is_taken(audio, &ignored);
}

static void do_change(struct audio *audio)
{
    pthread_mutex_lock(&audio->lock);
    bool asked = audio->change == KEEP_ASKED;
    struct device_request other = audio->asked;
    if (asked)
        audio->change = KEEP_AT_WORK;
    pthread_mutex_unlock(&audio->lock);
    if (!asked)
        return;
    struct err err = {0};
    change_device(audio, &other, &err);
    pthread_mutex_lock(&audio->lock);
    audio->change = KEEP_ANSWERED;
    audio->change_err = err;
    pthread_mutex_unlock(&audio->lock);
}

/* --- the thread --- */

static void try_first(struct audio *audio)
{
    struct err err = {0};
    bool offered = !audio->on_clock && try_names(audio, AUDIO_NAMES, &err);
    if (offered)
        say_playing(audio);
    else if (!audio->on_clock)
        keep_set_silent(audio, err.text);
    back_off(audio);
    audio->origin_ns = audio->request.start_ns;
    begin_origin(audio);
    pthread_mutex_lock(&audio->lock);
    audio->tried = true;
    audio->failed = !offered;
    audio->first_err = err;
    pthread_cond_broadcast(&audio->changed);
    pthread_mutex_unlock(&audio->lock);
    thread_be_ordinary();           /* the first open is as urgent as main is, the others are not */
}

static void close_last(struct audio *audio)
{
    pthread_mutex_lock(&audio->lock);
    bool stopped = keep_wait(audio, &audio->loop_stopped, 2 * KEEP_CLOSE_MS);
    pthread_mutex_unlock(&audio->lock);
    struct device *last;
    while (stopped && (last = audio_loop_take_last(&audio->loop)))
        device_close_apart(last, KEEP_CLOSE_MS);
    pthread_mutex_lock(&audio->lock);
    audio->ended = true;
    bool left_behind = audio->left_behind && stopped;
    pthread_cond_broadcast(&audio->changed);
    pthread_mutex_unlock(&audio->lock);
    if (left_behind)
        keep_free(audio);
}

void *keep_run(void *context)
{
    struct audio *audio = context;
    try_first(audio);
    do {
        tend_loop(audio);
        do_change(audio);
        look_for_device(audio);
    } while (pause_for(audio, audio->playing.device ? LOOK_MS : IDLE_LOOK_MS));
    close_last(audio);
    return NULL;
}
