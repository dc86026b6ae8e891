/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A PCM of ALSA, as the three files know it that drive one: alsa_setup.c opens and negotiates,
 * alsa_feed.c writes frames and starts the stream, device_alsa.c keeps it in the show's time.
 * Nobody else includes this but capture_alsa.c, for alsa-lib, which nothing else includes. The
 * stream is non-blocking throughout.
 */
#ifndef ENGINE_ALSA_CARD_H
#define ENGINE_ALSA_CARD_H

#include "engine/card_time.h"
#include "engine/device.h"
#include "pcm/output.h"

#include <alsa/asoundlib.h>

#define ALSA_HELD_UP_NS (200 * UINT64_C(1000))  /* a call that took longer does not say when it was done */

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
    unsigned char *base;                        /* of the mapped buffer, once something was put there */
    int64_t least_ns;                           /* of late: how much later than time.next_ns the card was when it was least late */
    bool running;
    bool fresh;                                 /* not started yet since it was taken into use */
    bool woken;                                 /* poll said that something is there */
    uint32_t mixed_frames;                      /* of the chunk, */
    uint64_t mixed_first;                       /* which begins with this engine frame */
    uint64_t started_ns;                        /* last (try to) start */
    uint64_t written;                           /* frames since then */
    uint64_t quiet;                             /* frames of silence to write before the next frame */
};

/* What the library would print: what matters is in its results. Any thread. */
void alsa_silence_library(void);

/* --- main (alsa_setup.c) --- */
void alsa_warm_up(void);

/* --- device thread (alsa_setup.c) --- */
/* Fills all but what is the audio thread's. Return: 0, or -1 with err (ERR_BUSY: try again soon); alsa_clear_card either way. */
int alsa_open_card(struct alsa_device *alsa, const struct device_request *request, struct err *err);
void alsa_clear_card(struct alsa_device *alsa);         /* closes; the struct stays the caller's */

/* --- audio thread (alsa_feed.c) --- */
/* Hands over mixed[0..frames), in as many pieces as the card likes. Return: false if it refused although it said there was
 * room. */
RT_SAFE bool alsa_hand_over_rt(struct alsa_device *alsa, uint32_t frames, uint64_t first_frame);
RT_SAFE bool alsa_hand_over_silence_rt(struct alsa_device *alsa, uint64_t frames);
/* Starts with a little silence; time settles which frame comes after it: see card_time_restart_rt for lost. Return: 0, or a
 * negative error of alsa-lib's. */
RT_SAFE int alsa_restart_rt(struct alsa_device *alsa, uint64_t *lost);

#endif
