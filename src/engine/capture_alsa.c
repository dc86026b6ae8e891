/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inputs from an ALSA PCM. Of alsa_card.h it takes the library alone: nothing of a capture stream is
 * shared with one that plays, not its clock, its thread or what an overrun means. The stream is
 * non-blocking and waits in poll, at most 100 ms at a time.
 *
 * When a batch of frames came is told by the time at which it was read, less what the card still
 * held then. A card that brings nothing for a second is lost. One that has no clock and always has
 * frames is read no faster than time goes by.
 */
#include "config.h"

#include "base/err.h"
#include "base/xalloc.h"
#include "engine/alsa_card.h"
#include "engine/capture.h"
#include "engine/pace.h"
#include "platform/clock.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { POLL_FDS_MAX = 16, WAIT_MS = 100, DEFAULT_PERIOD = 256, PERIODS = 8, CHUNK = 256 };
#define DEADLINE_NS CLOCK_SECOND_NS

enum alsa_input { INPUT_F32, INPUT_S32, INPUT_S24, INPUT_S24_3, INPUT_S16 };

struct alsa_source {
    struct capture_source source;
    snd_pcm_t *pcm;
    enum alsa_input format;
    uint32_t buffer;                    /* frames that the card holds */
    uint64_t heard_ns;                  /* when frames last came, or the stream began */
    uint64_t window_ns;                 /* when the present second began, */
    uint64_t window_frames;             /* and what came in it */
    int32_t raw[CHUNK * CAPTURE_CHANNELS_MAX];          /* as the card gives them */
};

/* --- opening --- */

static int refuse(struct err *err, const char *name, int error, const char *what)
{
    const char *why = error == -ENOENT ? "there is no such sound device" : error == -EBUSY ? "it is in use by another program"
                    : error == -ENODEV ? "the sound card is not there"
                    : error == -EACCES || error == -EPERM ? "not allowed (is the user in group audio?)"
                    : snd_strerror(error);
    return err_set(err, ERR_IO, "input %.96s: %s%s", name, what, why);
}

static int choose_format(struct alsa_source *alsa, snd_pcm_hw_params_t *hw)
{
    static const struct { snd_pcm_format_t alsa; enum alsa_input ours; } formats[] = {
        {SND_PCM_FORMAT_FLOAT, INPUT_F32}, {SND_PCM_FORMAT_S32, INPUT_S32}, {SND_PCM_FORMAT_S24, INPUT_S24},
        {SND_PCM_FORMAT_S24_3LE, INPUT_S24_3}, {SND_PCM_FORMAT_S16, INPUT_S16},
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (snd_pcm_hw_params_set_format(alsa->pcm, hw, formats[i].alsa) == 0) {
            alsa->format = formats[i].ours;
            return 0;
        }
    }
    return -EINVAL;
}

static int choose_sizes(struct alsa_source *alsa, snd_pcm_hw_params_t *hw, const struct capture_request *request)
{
    unsigned rate = request->rate ? request->rate : 48000, channels = capture_channels_wanted(request);
    snd_pcm_uframes_t period = request->period ? request->period : DEFAULT_PERIOD, buffer = period * PERIODS;
    int error;
    if ((error = snd_pcm_hw_params_set_rate_near(alsa->pcm, hw, &rate, NULL)) < 0 ||
        (error = snd_pcm_hw_params_set_channels_near(alsa->pcm, hw, &channels)) < 0 ||
        (error = snd_pcm_hw_params_set_period_size_near(alsa->pcm, hw, &period, NULL)) < 0 ||
        (error = snd_pcm_hw_params_set_buffer_size_near(alsa->pcm, hw, &buffer)) < 0)
        return error;
    alsa->source.rate = rate;
    alsa->buffer = (uint32_t)buffer;
    alsa->source.channels = channels;
    return channels <= CAPTURE_CHANNELS_MAX ? snd_pcm_hw_params(alsa->pcm, hw) : -EINVAL;
}

static int negotiate(struct alsa_source *alsa, const struct capture_request *request, struct err *err)
{
    snd_pcm_hw_params_t *hw;
    snd_pcm_hw_params_alloca(&hw);
    int error = snd_pcm_hw_params_any(alsa->pcm, hw);
    if (error < 0 || (error = snd_pcm_hw_params_set_access(alsa->pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED)) < 0)
        return refuse(err, request->name, error, "it gives no interleaved frames: ");
    if ((error = choose_format(alsa, hw)) < 0)
        return refuse(err, request->name, error, "it gives none of our sample formats: ");
    if ((error = choose_sizes(alsa, hw, request)) < 0 || (error = snd_pcm_start(alsa->pcm)) < 0)
        return refuse(err, request->name, error, "");
    alsa->heard_ns = clock_now_rt();
    return 0;
}

static void alsa_close(struct capture_source *source)
{
    struct alsa_source *alsa = (void *)source;
    if (alsa->pcm) {
        snd_pcm_drop(alsa->pcm);
        snd_pcm_close(alsa->pcm);
    }
    free(alsa);
}

static struct capture_source *alsa_open(const struct capture_request *request, struct err *err)
{
    alsa_silence_library();
    struct alsa_source *alsa = xcalloc(1, sizeof *alsa);
    alsa->source.driver = &capture_alsa;
    int error = snd_pcm_open(&alsa->pcm, request->name, SND_PCM_STREAM_CAPTURE, SND_PCM_NONBLOCK);
    if (error < 0) {
        alsa->pcm = NULL;
        refuse(err, request->name, error, "");
    }
    if (error < 0 || negotiate(alsa, request, err) < 0) {
        alsa_close(&alsa->source);
        return NULL;
    }
    return &alsa->source;
}

/* --- under the law --- */

static void to_float_rt(const struct alsa_source *alsa, float *to, size_t samples)
{
    const int32_t *wide = alsa->raw;
    const int16_t *narrow = (const void *)alsa->raw;
    const uint8_t *packed = (const void *)alsa->raw;
    const float *ready = (const void *)alsa->raw;
    for (size_t i = 0; i < samples; i++) {
        switch (alsa->format) {
        case INPUT_F32: to[i] = ready[i] == ready[i] && fabsf(ready[i]) <= 64.0f ? ready[i] : 0; break;
        case INPUT_S32: to[i] = (float)wide[i] * 0x1p-31f; break;
        case INPUT_S24: to[i] = (float)(int32_t)((uint32_t)wide[i] << 8) * 0x1p-31f; break;
        case INPUT_S24_3:
            to[i] = (float)(int32_t)((uint32_t)packed[3 * i] << 8 | (uint32_t)packed[3 * i + 1] << 16 |
                                     (uint32_t)packed[3 * i + 2] << 24) * 0x1p-31f;
            break;
        case INPUT_S16: to[i] = (float)narrow[i] * 0x1p-15f; break;
        }
    }
}

static int32_t lose_rt(struct alsa_source *alsa, const char *why)
{
    alsa->source.why = why;
    return -2;
}

/* Overrun, suspended, or stopped by something: it is started again. */
static int32_t restart_rt(struct alsa_source *alsa, int error)
{
    if (error == -ENODEV)
        return lose_rt(alsa, "is gone");
    if (clock_now_rt() > alsa->heard_ns + DEADLINE_NS)
        return lose_rt(alsa, "does not start again");
    if (error == -ESTRPIPE)
        snd_pcm_resume(alsa->pcm);
    snd_pcm_drop(alsa->pcm);
    if (snd_pcm_prepare(alsa->pcm) < 0 || snd_pcm_start(alsa->pcm) < 0)
        clock_sleep_until_rt(clock_now_rt() + CLOCK_SECOND_NS / 100);
    return -1;
}

static int32_t wait_rt(struct alsa_source *alsa)
{
    struct pollfd fds[POLL_FDS_MAX];
    if (clock_now_rt() > alsa->heard_ns + DEADLINE_NS)
        return lose_rt(alsa, "brings no sound");
    int count = snd_pcm_poll_descriptors(alsa->pcm, fds, POLL_FDS_MAX);
    struct timespec limit = {.tv_nsec = WAIT_MS * 1000000L};
    uint64_t before = clock_now_rt();
    int ready = count > 0 ? ppoll(fds, (nfds_t)count, &limit, NULL) : 0;
    unsigned short events = 0;
    if (ready > 0)
        snd_pcm_poll_descriptors_revents(alsa->pcm, fds, (unsigned)count, &events);
    if (ready != 0 && clock_now_rt() - before < CLOCK_SECOND_NS / 1000)     /* cards that wake early cost no processor */
        clock_sleep_until_rt(before + CLOCK_SECOND_NS / 1000);
    else if (count <= 0)
        clock_sleep_until_rt(before + CLOCK_SECOND_NS / 200);
    return 0;
}

/* More in this second than a clock 5 % too fast and a full buffer would bring. */
static bool too_fast_rt(struct alsa_source *alsa, uint64_t now)
{
    if (now >= alsa->window_ns + CLOCK_SECOND_NS) {
        alsa->window_ns = now;
        alsa->window_frames = 0;
    }
    uint64_t frames = pace_frames_rt(now - alsa->window_ns, alsa->source.rate);
    return alsa->window_frames > frames + frames / 20 + alsa->buffer;
}

static int32_t alsa_read_rt(struct capture_source *source, float *frames, uint32_t most, uint64_t *end_ns)
{
    struct alsa_source *alsa = (void *)source;
    snd_pcm_sframes_t held = snd_pcm_avail(alsa->pcm);
    if (held < 0)
        return restart_rt(alsa, (int)held);
    if (held == 0)
        return wait_rt(alsa);
    uint64_t now = clock_now_rt();
    if (too_fast_rt(alsa, now)) {
        clock_sleep_until_rt(now + CLOCK_SECOND_NS / 200);
        return 0;
    }
    uint32_t ask = most < CHUNK ? most : CHUNK;
    snd_pcm_sframes_t got = snd_pcm_readi(alsa->pcm, alsa->raw, (snd_pcm_uframes_t)held < ask ? (snd_pcm_uframes_t)held : ask);
    if (got == -EAGAIN || got == 0)
        return wait_rt(alsa);
    if (got < 0)
        return restart_rt(alsa, (int)got);
    alsa->heard_ns = now;
    alsa->window_frames += (uint64_t)got;
    *end_ns = held > got ? now - pace_ns_rt((uint64_t)(held - got), source->rate) : now;
    to_float_rt(alsa, frames, (size_t)got * source->channels);
    return (int32_t)got;
}

const struct capture_driver capture_alsa = {alsa_open, alsa_read_rt, alsa_close};
