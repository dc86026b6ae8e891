/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any ALSA PCM, in the show's time. The driver knows when the next frame is due (due_ns),
 * which is when the card will have room for it; measured at each wakeup from what the card
 * has taken, smoothed, so that it follows the card's own clock. Whatever stops the stream, the
 * next frame is the one that would sound then had nothing happened: frames between are lost,
 * or if the stream is ahead, silence is put before them.
 *
 * Waiting: poll, but never longer than half a period past the time at which the next period
 * should fit, and after a wakeup without room for as long as that takes: cards that wake
 * early, late or never cost neither sound nor processor time.
 */
#include "config.h"

#include "base/xalloc.h"
#include "engine/alsa_card.h"
#include "engine/pace.h"
#include "platform/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

enum {
    POLL_FDS_MAX = 16,
    LOOKS_MAX = 3,                              /* without being held up meanwhile */
};
#define RESTART_PAUSE_NS (1 * UINT64_C(1000000))        /* between starts, so that a card that always stops costs little */

/* --- audio thread --- */

static enum device_wait lose_rt(struct alsa_device *alsa, const char *why)
{
    alsa->device.why = why;
    return DEVICE_LOST;
}

/* The stream does not run: at first, and after whatever stopped it. */
static enum device_wait begin_rt(struct alsa_device *alsa, uint64_t *lost)
{
    uint64_t now = clock_now_rt();
    if (!card_time_look_in_vain_rt(&alsa->time, now))
        return lose_rt(alsa, "does not play");
    if (now < alsa->started_ns + RESTART_PAUSE_NS)
        clock_sleep_until_rt(alsa->started_ns + RESTART_PAUSE_NS);
    int error = alsa_restart_rt(alsa, lost);
    if (error == -EPIPE || error == -ESTRPIPE || error == -EAGAIN) {
        alsa->started_ns = now;
        return DEVICE_AGAIN;
    }
    if (error < 0)
        return lose_rt(alsa, error == -ENODEV ? "is gone" : "does not start again");
    enum device_wait result = alsa->fresh ? DEVICE_AGAIN : DEVICE_XRUN;
    alsa->fresh = false;
    return result;
}

/* How much fits, and when that was: both at one moment, as far as the machine lets us. */
static snd_pcm_sframes_t look_at_pointer_rt(struct alsa_device *alsa, uint64_t *now)
{
    snd_pcm_sframes_t found;
    uint64_t before = clock_now_rt();
    for (int i = 0; i < LOOKS_MAX; i++) {
        found = snd_pcm_avail(alsa->pcm);
        *now = clock_now_rt();
        if (found < 0 || *now - before <= ALSA_HELD_UP_NS)
            return found;
        before = *now;
    }
    return found;
}

/* Return: frames that fit at *now, or a negative error: what stopped the stream. More than the buffer: a pointer that lies. */
static snd_pcm_sframes_t look_rt(struct alsa_device *alsa, uint64_t *now)
{
    switch (snd_pcm_state(alsa->pcm)) {
    case SND_PCM_STATE_RUNNING:
        return look_at_pointer_rt(alsa, now);
    case SND_PCM_STATE_SUSPENDED:
        return -ESTRPIPE;
    case SND_PCM_STATE_DISCONNECTED:
        return -ENODEV;
    default:
        return -EPIPE;
    }
}

static enum device_wait give_chunk_rt(struct alsa_device *alsa, uint32_t *frames)
{
    alsa->woken = false;
    alsa->device.due_ns = card_time_give_rt(&alsa->time);
    *frames = alsa->time.chunk;
    return DEVICE_READY;
}

/* The pointer lies, or the card takes whatever it is given: the machine's clock must do. */
static enum device_wait trust_clock_rt(struct alsa_device *alsa, uint64_t now, uint32_t *frames)
{
    if (!card_time_look_in_vain_rt(&alsa->time, now))
        return lose_rt(alsa, "stopped taking sound");
    if (now >= alsa->time.next_ns && alsa->quiet == 0)
        return give_chunk_rt(alsa, frames);
    uint64_t later = now + pace_ns_rt(alsa->time.chunk, alsa->time.rate);
    clock_sleep_until_rt(now < alsa->time.next_ns && alsa->time.next_ns < later ? alsa->time.next_ns : later);
    return DEVICE_AGAIN;
}

/* Until a chunk should fit: see the top of the file. */
static void rest_rt(struct alsa_device *alsa, uint64_t room, uint64_t now)
{
    uint64_t nap = pace_ns_rt(alsa->time.chunk - room, alsa->time.rate);
    if (alsa->woken) {
        alsa->woken = false;
        clock_sleep_until_rt(now + nap);
        return;
    }
    struct pollfd fds[POLL_FDS_MAX];
    int count = snd_pcm_poll_descriptors(alsa->pcm, fds, POLL_FDS_MAX);
    uint64_t limit = nap + pace_ns_rt(alsa->time.chunk, alsa->time.rate) / 2;
    struct timespec timeout = {.tv_sec = (time_t)(limit / CLOCK_SECOND_NS), .tv_nsec = (long)(limit % CLOCK_SECOND_NS)};
    unsigned short events = 0;
    if (count > 0 && ppoll(fds, (nfds_t)count, &timeout, NULL) > 0)
        snd_pcm_poll_descriptors_revents(alsa->pcm, fds, (unsigned)count, &events);
    alsa->woken = events != 0 || count <= 0;
}

static void alsa_start_rt(struct device *device, uint64_t due_ns)
{
    struct alsa_device *alsa = (void *)device;
    card_time_begin_rt(&alsa->time, due_ns, clock_now_rt());
    alsa->fresh = true;
}

static enum device_wait alsa_wait_rt(struct device *device, uint32_t *frames, uint64_t *lost)
{
    struct alsa_device *alsa = (void *)device;
    *frames = 0;
    *lost = 0;
    if (!alsa->running)
        return begin_rt(alsa, lost);
    uint64_t now;
    snd_pcm_sframes_t found = look_rt(alsa, &now);
    uint64_t room = found > 0 ? (uint64_t)found : 0;
    if (found < 0) {
        alsa->running = false;
        return found == -ENODEV ? lose_rt(alsa, "is gone") : begin_rt(alsa, lost);
    }
    if (room > alsa->time.buffer)
        return trust_clock_rt(alsa, now, frames);
    if (!card_time_look_rt(&alsa->time, alsa->written, room, now))
        return lose_rt(alsa, "stopped taking sound");
    if (room < alsa->time.chunk) {
        rest_rt(alsa, room, now);
        return DEVICE_AGAIN;
    }
    if (alsa->quiet) {
        uint64_t count = alsa->quiet < room ? alsa->quiet : room;
        alsa->quiet -= count;
        alsa->running = alsa_hand_over_silence_rt(alsa, count);
        return DEVICE_AGAIN;
    }
    if (room == alsa->time.buffer || card_time_is_early_rt(&alsa->time, room, now))    /* an empty card would have stopped */
        return trust_clock_rt(alsa, now, frames);
    *lost = card_time_follow_rt(&alsa->time, room, now);
    return *lost ? DEVICE_XRUN : give_chunk_rt(alsa, frames);
}

static void alsa_take_rt(struct device *device, const struct engine_output *output, uint32_t frames, uint64_t first_frame)
{
    struct alsa_device *alsa = (void *)device;
    device_interleave_rt(output, alsa->channels, alsa->mixed, frames);
    alsa->mixed_frames = frames;
    alsa->mixed_first = first_frame;
}

static void alsa_write_rt(struct device *device)
{
    struct alsa_device *alsa = (void *)device;
    if (!alsa_hand_over_rt(alsa, alsa->mixed_frames, alsa->mixed_first))
        alsa->running = false;                  /* the next wait finds out why */
}

/* --- device thread --- */

static void alsa_close(struct device *device)
{
    struct alsa_device *alsa = (void *)device;
    alsa_clear_card(alsa);
    free(alsa);
}

static struct device *alsa_open(const struct device_request *request, struct err *err)
{
    struct alsa_device *alsa = xcalloc(1, sizeof *alsa);
    alsa->device.driver = &device_alsa;
    if (alsa_open_card(alsa, request, err) == 0)
        return &alsa->device;
    alsa_close(&alsa->device);
    return NULL;
}

const struct device_driver device_alsa = {
    .name = "alsa", .warm_up = alsa_warm_up, .open = alsa_open, .start = alsa_start_rt, .wait = alsa_wait_rt,
    .take = alsa_take_rt, .write = alsa_write_rt, .close = alsa_close,
};
