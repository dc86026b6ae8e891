/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames for a card, and the start of its stream: see alsa_card.h. Whatever stopped it, it
 * is started again with a little silence. Audio thread.
 */
#include "config.h"

#include "engine/alsa_card.h"
#include "engine/pace.h"
#include "engine/ring_fade.h"
#include "platform/clock.h"

#include <errno.h>
#include <string.h>

enum {
    RESUME_TRIES = 3,
    REFUSALS_MAX = 4,                           /* of one chunk, in a row */
    STARTS_MAX = 3,                             /* without being held up meanwhile */
    LEAST_FADES = 256,                          /* chunks, about: for so long it counts how early the card was */
};
#define RESUME_PAUSE_NS (5 * UINT64_C(1000000))
#define LEAD_IN_NS (2 * UINT64_C(1000000))      /* silence a stream starts with, at least a period */

static uint32_t pack_rt(const struct alsa_device *alsa, void *to, uint32_t from_frame, uint32_t frames, uint64_t first_frame)
{
    const float *from = alsa->mixed + (size_t)from_frame * alsa->channels;
    return output_convert_rt(to, from, alsa->format, alsa->channels, frames, first_frame + from_frame, alsa->dither);
}

/* A pointer that moves in steps is behind the card but for the moment of a step: where the card is it said when it was least late. That
 * is forgotten slowly, for clocks drift. */
static void note_least_rt(struct alsa_device *alsa)
{
    int64_t error = alsa->time.error_ns[1];
    if (error < alsa->least_ns || alsa->time.settled <= 1)
        alsa->least_ns = error;
    else
        alsa->least_ns += (error - alsa->least_ns) / LEAST_FADES;
}

/* For a fault of this process: what the card has still to play. There will be room for one more chunk at next_ns, and least_ns.
 * end: of what was put, in the buffer. */
static void note_ring_rt(struct alsa_device *alsa, unsigned char *base, uint64_t end)
{
    const struct card_time *time = &alsa->time;
    note_least_rt(alsa);
    uint64_t due_ns = time->next_ns + (uint64_t)alsa->least_ns;
    alsa->base = base;
    ring_fade_note_rt(&(struct ring_note){
        .base = base, .empty_ns = due_ns + pace_ns_rt(time->buffer - time->chunk, time->rate), .buffer = time->buffer,
        .end = (uint32_t)(end % time->buffer), .rate = time->rate, .channels = alsa->channels,
        .frame_bytes = (uint32_t)alsa->frame_bytes, .format = alsa->format,
    });
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
    unsigned char *base = (unsigned char *)areas[0].addr + areas[0].first / 8, *to = base + offset * (areas[0].step / 8);
    if (ring_fade_runs_rt())
        memset(to, 0, count * alsa->frame_bytes);
    else
        pack_rt(alsa, to, done, (uint32_t)count, first_frame);
    snd_pcm_sframes_t taken = snd_pcm_mmap_commit(alsa->pcm, offset, count);
    if (taken > 0)
        note_ring_rt(alsa, base, (uint64_t)offset + (uint64_t)taken);
    return taken;
}

static snd_pcm_sframes_t put_copied_rt(struct alsa_device *alsa, uint32_t done, uint32_t frames, uint64_t first_frame)
{
    pack_rt(alsa, alsa->packed, done, frames - done, first_frame);
    return snd_pcm_writei(alsa->pcm, alsa->packed, frames - done);
}

bool alsa_hand_over_rt(struct alsa_device *alsa, uint32_t frames, uint64_t first_frame)
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

bool alsa_hand_over_silence_rt(struct alsa_device *alsa, uint64_t frames)
{
    while (frames) {
        uint32_t count = frames < alsa->time.chunk ? (uint32_t)frames : alsa->time.chunk;
        device_interleave_rt(NULL, alsa->channels, alsa->mixed, count);
        if (!alsa_hand_over_rt(alsa, count, 0))
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
    if (!alsa_hand_over_silence_rt(alsa, frames))
        return -EPIPE;
    uint64_t before = clock_now_rt();
    if ((error = snd_pcm_start(alsa->pcm)) < 0)
        return error;
    alsa->started_ns = clock_now_rt();
    return (int64_t)(alsa->started_ns - before);
}

/* A start that was held up is not known to the frame, and as it is silent it is done again. */
int alsa_restart_rt(struct alsa_device *alsa, uint64_t *lost)
{
    uint32_t lead_in = (uint32_t)pace_frames_rt(LEAD_IN_NS, alsa->time.rate);
    lead_in = lead_in < alsa->time.chunk ? alsa->time.chunk : lead_in > alsa->time.buffer ? alsa->time.buffer : lead_in;
    int64_t took = (int64_t)ALSA_HELD_UP_NS + 1;
    for (int i = 0; i < STARTS_MAX && took > (int64_t)ALSA_HELD_UP_NS; i++)
        took = start_silence_rt(alsa, lead_in);
    if (took < 0)
        return (int)took;
    *lost = card_time_restart_rt(&alsa->time, alsa->started_ns, lead_in, &alsa->quiet);
    alsa->running = true;
    return 0;
}
