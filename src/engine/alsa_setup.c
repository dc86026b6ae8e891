/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening a PCM of ALSA: what is asked of it, and what it turns out to be. The device thread,
 * which may hang in here with a driver.
 */
#include "config.h"

#include "base/err.h"
#include "base/xalloc.h"
#include "engine/alsa_card.h"
#include "engine/engine.h"
#include "engine/ring_fade.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_PERIOD = 256, DEFAULT_PERIODS = 3 };

static const struct { snd_pcm_format_t alsa; enum output_format ours; } formats[] = {
    {SND_PCM_FORMAT_S32, OUTPUT_S32}, {SND_PCM_FORMAT_FLOAT, OUTPUT_F32}, {SND_PCM_FORMAT_S24, OUTPUT_S24_4},
    {SND_PCM_FORMAT_S24_3LE, OUTPUT_S24_3}, {SND_PCM_FORMAT_S16, OUTPUT_S16},
};

static void drop_message(const char *file, int line, const char *function, int error, const char *format, ...)
{
    (void)file, (void)line, (void)function, (void)error, (void)format;  /* what matters is in the call's result */
}

static void silence_library(void)
{
    snd_lib_error_set_handler(drop_message);
}

void alsa_silence_library(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, silence_library);
}

static int refuse(struct err *err, const struct device_request *request, int error, const char *what)
{
    const char *why = error == -ENOENT ? "there is no such sound device" : error == -EBUSY ? "it is in use by another program"
                    : error == -ENODEV ? "the sound card is not there"
                    : error == -EACCES || error == -EPERM ? "not allowed (is the user in group audio?)"
                    : snd_strerror(error);
    return err_set(err, error == -EBUSY ? ERR_BUSY : ERR_IO, "%.96s: %s%s%s", request->name, what, *what ? ": " : "", why);
}

static uint32_t most_channels(const snd_pcm_hw_params_t *hw)
{
    unsigned most = 0;
    return snd_pcm_hw_params_get_channels_max(hw, &most) < 0 ? 2 : most < ENGINE_CHANNELS ? most : ENGINE_CHANNELS;
}

/* Cards get their numbers as they come: "hw:1,0" is kept as "hw:CARD=USB,DEV=0", which finds it when it comes back. */
static void keep_by_id(struct alsa_device *alsa, const char *name)
{
    static const char *const kinds[] = {"hw:", "plughw:"};
    unsigned card, place = 0;
    char ctl_name[24];
    snd_ctl_t *ctl;
    snd_ctl_card_info_t *info;
    int end = 0;
    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(kinds[i]);
        if (strncmp(name, kinds[i], length) || sscanf(name + length, "%u%n", &card, &end) != 1 ||
            (name[length + (size_t)end] && sscanf(name + length + end, ",%u", &place) != 1))
            continue;
        snprintf(ctl_name, sizeof ctl_name, "hw:%u", card);
        if (snd_ctl_open(&ctl, ctl_name, SND_CTL_NONBLOCK) < 0)
            return;
        snd_ctl_card_info_alloca(&info);
        if (snd_ctl_card_info(ctl, info) >= 0)
            snprintf(alsa->device.again, sizeof alsa->device.again, "%sCARD=%s,DEV=%u", kinds[i], snd_ctl_card_info_get_id(info),
                     place);
        snd_ctl_close(ctl);
        return;
    }
}

/* Sound servers and converters take any number of channels and fold them their own way: they get two, which they leave alone. */
static uint32_t channels_to_ask(snd_pcm_t *pcm, const snd_pcm_hw_params_t *hw, const struct device_request *request)
{
    const unsigned asked = request->channels ? request->channels : 2 * ENGINE_BUSSES;
    unsigned most = 0;
    snd_pcm_info_t *info;
    snd_pcm_info_alloca(&info);
    const char *name = snd_pcm_info(pcm, info) == 0 ? snd_pcm_info_get_name(info) : "";
    bool server = strstr(name, "PulseAudio") || strstr(name, "PipeWire");
    if (server || snd_pcm_hw_params_get_channels_max(hw, &most) < 0 || most > 10 * ENGINE_CHANNELS)
        return 2;
    return asked;
}

static bool set_rate(snd_pcm_t *pcm, snd_pcm_hw_params_t *hw, unsigned rate, unsigned convert)
{
    snd_pcm_hw_params_set_rate_resample(pcm, hw, convert);
    return snd_pcm_hw_params_test_rate(pcm, hw, rate, 0) == 0 && snd_pcm_hw_params_set_rate(pcm, hw, rate, 0) == 0;
}

/* The rate asked for, if need be through a converter of ALSA's; else one that the card has and the engine follows. */
static int choose_rate(snd_pcm_t *pcm, snd_pcm_hw_params_t *hw, const struct device_request *request, struct err *err)
{
    static const unsigned rates[] = {48000, 44100, 96000, 88200};
    if (request->rate && (set_rate(pcm, hw, request->rate, 0) || set_rate(pcm, hw, request->rate, 1)))
        return 0;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (set_rate(pcm, hw, rates[i], 0))
            return 0;
    unsigned only = request->rate ? request->rate : 48000;
    snd_pcm_hw_params_set_rate_near(pcm, hw, &only, NULL);
    return err_set(err, ERR_REFUSED, "%.96s: runs at %u Hz; must be 44100, 48000, 88200 or 96000", request->name, only);
}

static int choose_format(struct alsa_device *alsa, snd_pcm_hw_params_t *hw, const char *only)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if ((!*only || !strcmp(snd_pcm_format_name(formats[i].alsa), only)) &&
            snd_pcm_hw_params_set_format(alsa->pcm, hw, formats[i].alsa) == 0) {
            alsa->format = formats[i].ours;
            snprintf(alsa->device.format.format, sizeof alsa->device.format.format, "%s", snd_pcm_format_name(formats[i].alsa));
            return 0;
        }
    return -EINVAL;
}

static int choose_access(struct alsa_device *alsa, snd_pcm_hw_params_t *hw)
{
    alsa->mapped = snd_pcm_hw_params_set_access(alsa->pcm, hw, SND_PCM_ACCESS_MMAP_INTERLEAVED) == 0;
    return alsa->mapped ? 0 : snd_pcm_hw_params_set_access(alsa->pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED);
}

static int choose_sizes(struct alsa_device *alsa, snd_pcm_hw_params_t *hw, const struct device_request *request)
{
    struct device_format *got = &alsa->device.format;
    snd_pcm_uframes_t period = request->period ? request->period : DEFAULT_PERIOD, buffer;
    int error = snd_pcm_hw_params_set_period_size_near(alsa->pcm, hw, &period, NULL);
    buffer = period * (request->periods ? request->periods : DEFAULT_PERIODS);
    if (error < 0 || (error = snd_pcm_hw_params_set_buffer_size_near(alsa->pcm, hw, &buffer)) < 0)
        return error;
    if ((error = snd_pcm_hw_params(alsa->pcm, hw)) < 0)
        return error;
    snd_pcm_hw_params_get_period_size(hw, &period, NULL);
    snd_pcm_hw_params_get_buffer_size(hw, &buffer);
    if (period == 0 || buffer < 2 || buffer > UINT32_MAX / 2)
        return -EINVAL;
    got->period = (uint32_t)period;
    got->periods = (uint32_t)(buffer / period);
    alsa->time.buffer = (uint32_t)buffer;
    alsa->time.chunk = period <= buffer / 2 ? (uint32_t)period : (uint32_t)buffer / 2;
    if (alsa->time.chunk > ENGINE_PERIOD_MAX)
        alsa->time.chunk = ENGINE_PERIOD_MAX;
    return 0;
}

/* The stream is started and stopped by us alone, and wakes us when a chunk fits. */
static int set_software(struct alsa_device *alsa)
{
    snd_pcm_sw_params_t *sw;
    snd_pcm_uframes_t boundary;
    snd_pcm_sw_params_alloca(&sw);
    int error = snd_pcm_sw_params_current(alsa->pcm, sw);
    if (error < 0 || (error = snd_pcm_sw_params_get_boundary(sw, &boundary)) < 0)
        return error;
    snd_pcm_sw_params_set_start_threshold(alsa->pcm, sw, boundary);
    snd_pcm_sw_params_set_stop_threshold(alsa->pcm, sw, alsa->time.buffer);
    snd_pcm_sw_params_set_avail_min(alsa->pcm, sw, alsa->time.chunk);
    return snd_pcm_sw_params(alsa->pcm, sw);
}

static int negotiate(struct alsa_device *alsa, const struct device_request *request, struct err *err)
{
    snd_pcm_hw_params_t *hw;
    snd_pcm_hw_params_alloca(&hw);
    int error = snd_pcm_hw_params_any(alsa->pcm, hw);
    if (error < 0)
        return refuse(err, request, error, "it offers nothing");
    if (choose_rate(alsa->pcm, hw, request, err) < 0)
        return -1;
    if ((error = choose_access(alsa, hw)) < 0)
        return refuse(err, request, error, "it takes no interleaved frames");
    if ((error = choose_format(alsa, hw, request->format)) < 0)
        return refuse(err, request, error, *request->format ? "it has not the sample format asked for"
                                                            : "it takes none of our sample formats");
    unsigned channels = channels_to_ask(alsa->pcm, hw, request);
    alsa->device.channels_most = most_channels(hw);
    if ((error = snd_pcm_hw_params_set_channels_near(alsa->pcm, hw, &channels)) < 0 || channels > ENGINE_CHANNELS)
        return refuse(err, request, error < 0 ? error : -EINVAL, "channels");
    if ((error = choose_sizes(alsa, hw, request)) < 0 || (error = set_software(alsa)) < 0)
        return refuse(err, request, error, "");
    snd_pcm_hw_params_get_rate(hw, &alsa->time.rate, NULL);
    alsa->device.format.rate = alsa->time.rate;
    alsa->device.format.channels = channels;
    return 0;
}

int alsa_open_card(struct alsa_device *alsa, const struct device_request *request, struct err *err)
{
    alsa_silence_library();
    alsa->dither = request->dither;
    int error = snd_pcm_open(&alsa->pcm, request->name, SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK);
    if (error < 0) {
        alsa->pcm = NULL;
        return refuse(err, request, error, "");
    }
    if (negotiate(alsa, request, err) < 0)
        return -1;
    keep_by_id(alsa, request->name);
    alsa->device.paired = true;
    alsa->channels = alsa->device.format.channels;
    alsa->frame_bytes = (size_t)output_sample_bytes(alsa->format) * alsa->channels;
    alsa->mixed = xcalloc((size_t)alsa->time.chunk * alsa->channels, sizeof *alsa->mixed);
    alsa->packed = xcalloc(alsa->time.chunk, alsa->frame_bytes);
    return 0;
}

void alsa_clear_card(struct alsa_device *alsa)
{
    if (alsa->base)
        ring_fade_forget(alsa->base);
    if (alsa->pcm) {
        snd_pcm_drop(alsa->pcm);
        snd_pcm_close(alsa->pcm);
    }
    free(alsa->mixed);
    free(alsa->packed);
}

void alsa_warm_up(void)
{
    snd_config_update();                /* what it cannot read now it says when it opens a device */
}
