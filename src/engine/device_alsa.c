/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any ALSA PCM, and the only file that knows alsa-lib. The stream is non-blocking throughout.
 *
 * Time: the driver knows when the next frame is due (due_ns), which is when the card will
 * have room for it; measured at each wakeup from what the card has taken, smoothed, so that
 * it follows the card's own clock. Whatever stops the stream, it is started again with a
 * little silence, and the next frame is the one that would sound then had nothing happened:
 * frames between are lost, or if the stream is ahead, silence is put before them.
 *
 * Waiting: poll, but never longer than half a period past the time at which the next period
 * should fit, and after a wakeup without room for as long as that takes: cards that wake
 * early, late or never cost neither sound nor processor time.
 */
#include "config.h"

#include "base/err.h"
#include "base/xalloc.h"
#include "engine/card_time.h"
#include "engine/device.h"
#include "engine/engine.h"
#include "engine/pace.h"
#include "pcm/output.h"
#include "platform/clock.h"

#include <alsa/asoundlib.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    POLL_FDS_MAX = 16,
    DEFAULT_PERIOD = 256, DEFAULT_PERIODS = 3,
    RESUME_TRIES = 3,
    REFUSALS_MAX = 4,                           /* of one chunk, in a row */
    TRIES_MAX = 3,                              /* to start, and to look, without being held up meanwhile */
};
#define HELD_UP_NS (200 * UINT64_C(1000))       /* a call that took longer does not say when it was done */
#define RESUME_PAUSE_NS (5 * UINT64_C(1000000))
#define RESTART_PAUSE_NS (1 * UINT64_C(1000000))        /* between starts, so that a card that always stops costs little */
#define LEAD_IN_NS (2 * UINT64_C(1000000))      /* silence a stream starts with, at least a period */

struct alsa_device {
    struct device device;
    snd_pcm_t *pcm;
    uint32_t channels;
    enum output_format format;
    bool mapped, dither;
    size_t frame_bytes;
    float *mixed;                               /* a chunk of interleaved channels: the next to write */
    unsigned char *packed;                      /* a chunk in the card's format, for cards that are not mapped */
    struct card_time time;                      /* rate, chunk and buffer are set by open; the rest is the audio thread's */
    /* audio thread */
    bool running;
    bool fresh;                                 /* not started yet since it was taken into use */
    bool woken;                                 /* poll said that something is there */
    uint32_t mixed_frames;                      /* of the chunk, */
    uint64_t mixed_first;                       /* which begins with this engine frame */
    uint64_t started_ns;                        /* last (try to) start */
    uint64_t written;                           /* frames since then */
    uint64_t quiet;                             /* frames of silence to write before the next frame */
};

/* --- device thread: opening --- */

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

static int refuse(struct err *err, const struct device_request *request, int error, const char *what)
{
    const char *why = error == -ENOENT ? "there is no such sound device" : error == -EBUSY ? "it is in use by another program"
                    : error == -ENODEV ? "the sound card is not there"
                    : error == -EACCES || error == -EPERM ? "not allowed (is the user in group audio?)"
                    : snd_strerror(error);
    return err_set(err, error == -EBUSY ? ERR_BUSY : ERR_IO, "%.96s: %s%s%s", request->name, what, *what ? ": " : "", why);
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

static int choose_format(struct alsa_device *alsa, snd_pcm_hw_params_t *hw)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (snd_pcm_hw_params_set_format(alsa->pcm, hw, formats[i].alsa) == 0) {
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
    if ((error = choose_format(alsa, hw)) < 0)
        return refuse(err, request, error, "it takes none of our sample formats");
    unsigned channels = channels_to_ask(alsa->pcm, hw, request);
    if ((error = snd_pcm_hw_params_set_channels_near(alsa->pcm, hw, &channels)) < 0 || channels > ENGINE_CHANNELS)
        return refuse(err, request, error < 0 ? error : -EINVAL, "channels");
    if ((error = choose_sizes(alsa, hw, request)) < 0 || (error = set_software(alsa)) < 0)
        return refuse(err, request, error, "");
    snd_pcm_hw_params_get_rate(hw, &alsa->time.rate, NULL);
    alsa->device.format.rate = alsa->time.rate;
    alsa->device.format.channels = channels;
    return 0;
}

static void alsa_close(struct device *device)
{
    struct alsa_device *alsa = (void *)device;
    if (alsa->pcm) {
        snd_pcm_drop(alsa->pcm);
        snd_pcm_close(alsa->pcm);
    }
    free(alsa->mixed);
    free(alsa->packed);
    free(alsa);
}

static struct device *alsa_open(const struct device_request *request, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, silence_library);
    struct alsa_device *alsa = xcalloc(1, sizeof *alsa);
    alsa->device.driver = &device_alsa;
    alsa->dither = request->dither;
    int error = snd_pcm_open(&alsa->pcm, request->name, SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK);
    if (error < 0) {
        alsa->pcm = NULL;
        refuse(err, request, error, "");
        alsa_close(&alsa->device);
        return NULL;
    }
    if (negotiate(alsa, request, err) < 0) {
        alsa_close(&alsa->device);
        return NULL;
    }
    alsa->device.paired = true;
    alsa->channels = alsa->device.format.channels;
    alsa->frame_bytes = (size_t)output_sample_bytes(alsa->format) * alsa->channels;
    alsa->mixed = xcalloc((size_t)alsa->time.chunk * alsa->channels, sizeof *alsa->mixed);
    alsa->packed = xcalloc(alsa->time.chunk, alsa->frame_bytes);
    return &alsa->device;
}

/* --- audio thread --- */

static uint32_t pack_rt(const struct alsa_device *alsa, void *to, uint32_t from_frame, uint32_t frames, uint64_t first_frame)
{
    const float *from = alsa->mixed + (size_t)from_frame * alsa->channels;
    return output_convert_rt(to, from, alsa->format, alsa->channels, frames, first_frame + from_frame, alsa->dither);
}

/* Writes what fits of mixed[done..frames) at once. Return: frames, or a negative error. */
static snd_pcm_sframes_t put_mapped_rt(struct alsa_device *alsa, uint32_t done, uint32_t frames, uint64_t first_frame)
{
    const snd_pcm_channel_area_t *areas;
    snd_pcm_uframes_t offset, count = frames - done;
    int error = snd_pcm_mmap_begin(alsa->pcm, &areas, &offset, &count);
    if (error < 0 || count == 0)
        return error;
    if (count > frames - done)
        count = frames - done;
    unsigned char *to = (unsigned char *)areas[0].addr + areas[0].first / 8 + offset * (areas[0].step / 8);
    pack_rt(alsa, to, done, (uint32_t)count, first_frame);
    return snd_pcm_mmap_commit(alsa->pcm, offset, count);
}

static snd_pcm_sframes_t put_copied_rt(struct alsa_device *alsa, uint32_t done, uint32_t frames, uint64_t first_frame)
{
    pack_rt(alsa, alsa->packed, done, frames - done, first_frame);
    return snd_pcm_writei(alsa->pcm, alsa->packed, frames - done);
}

/* Hands over mixed[0..frames), in as many pieces as the card likes. Return: false if it refused although it said there was
 * room. */
static bool hand_over_rt(struct alsa_device *alsa, uint32_t frames, uint64_t first_frame)
{
    int refusals = 0;
    for (uint32_t done = 0; done < frames;) {
        snd_pcm_sframes_t taken = alsa->mapped ? put_mapped_rt(alsa, done, frames, first_frame)
                                               : put_copied_rt(alsa, done, frames, first_frame);
        if (taken > 0) {
            done += (uint32_t)taken;
            alsa->written += (uint64_t)taken;
            refusals = 0;
        } else if (++refusals == REFUSALS_MAX || (taken < 0 && taken != -EAGAIN && taken != -EINTR)) {
            return false;
        } else {
            snd_pcm_avail_update(alsa->pcm);
        }
    }
    return true;
}

static bool hand_over_silence_rt(struct alsa_device *alsa, uint64_t frames)
{
    while (frames) {
        uint32_t count = frames < alsa->time.chunk ? (uint32_t)frames : alsa->time.chunk;
        device_interleave_rt(NULL, alsa->channels, alsa->mixed, count);
        if (!hand_over_rt(alsa, count, 0))
            return false;
        frames -= count;
    }
    return true;
}

static int prepare_rt(struct alsa_device *alsa)
{
    snd_pcm_state_t state = snd_pcm_state(alsa->pcm);
    for (int i = 0; i < RESUME_TRIES && state == SND_PCM_STATE_SUSPENDED; i++) {
        if (i)
            clock_sleep_until_rt(clock_now_rt() + RESUME_PAUSE_NS);
        snd_pcm_resume(alsa->pcm);              /* its result is not to be trusted, the state is */
        state = snd_pcm_state(alsa->pcm);
    }
    if (state == SND_PCM_STATE_PREPARED && alsa->written == 0)
        return 0;
    snd_pcm_drop(alsa->pcm);
    return snd_pcm_prepare(alsa->pcm);
}

/* Starts the stream with silence. Return: how long the call took, in ns, or a negative error. */
static int64_t start_silence_rt(struct alsa_device *alsa, uint32_t frames)
{
    int error = prepare_rt(alsa);
    alsa->written = 0;
    if (error < 0)
        return error;
    if (!hand_over_silence_rt(alsa, frames))
        return -EPIPE;
    uint64_t before = clock_now_rt();
    if ((error = snd_pcm_start(alsa->pcm)) < 0)
        return error;
    alsa->started_ns = clock_now_rt();
    return (int64_t)(alsa->started_ns - before);
}

/* Starts with a little silence; time settles which frame comes after it. A start that was held up is not known to the frame,
 * and as it is silent it is done again. Return: 0, or a negative error. */
static int restart_rt(struct alsa_device *alsa, uint64_t *lost)
{
    uint32_t lead_in = (uint32_t)pace_frames_rt(LEAD_IN_NS, alsa->time.rate);
    lead_in = lead_in < alsa->time.chunk ? alsa->time.chunk : lead_in > alsa->time.buffer ? alsa->time.buffer : lead_in;
    int64_t took = (int64_t)HELD_UP_NS + 1;
    for (int i = 0; i < TRIES_MAX && took > (int64_t)HELD_UP_NS; i++)
        took = start_silence_rt(alsa, lead_in);
    if (took < 0)
        return (int)took;
    *lost = card_time_restart_rt(&alsa->time, alsa->started_ns, lead_in, &alsa->quiet);
    alsa->running = true;
    return 0;
}

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
    int error = restart_rt(alsa, lost);
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
    for (int i = 0; i < TRIES_MAX; i++) {
        found = snd_pcm_avail(alsa->pcm);
        *now = clock_now_rt();
        if (found < 0 || *now - before <= HELD_UP_NS)
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
        alsa->running = hand_over_silence_rt(alsa, count);
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
    if (!hand_over_rt(alsa, alsa->mixed_frames, alsa->mixed_first))
        alsa->running = false;                  /* the next wait finds out why */
}

const struct device_driver device_alsa = {
    .name = "alsa", .open = alsa_open, .start = alsa_start_rt, .wait = alsa_wait_rt,
    .take = alsa_take_rt, .write = alsa_write_rt, .close = alsa_close,
};
