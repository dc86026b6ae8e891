/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A made-up card that fails when told (tests/lab/faultpcm), a show on it, and a look at what
 * it was given. The card writes what sounds at its second T to frame T x rate of a file; the
 * fake engine numbers its frames; so the distance between the two says whether the show kept
 * its place in time.
 */
#ifndef TESTS_ENGINE_FAULTY_CARD_H
#define TESTS_ENGINE_FAULTY_CARD_H

#include "engine/audio.h"

enum {
    RATE = 48000, PERIOD = 128, PERIODS = 3,
    SEGMENT_MIN = 64,                   /* frames in a row that make a piece of undisturbed sound */
};

#if defined(CLIPGRID_SANITIZED)
#define CPU_SHARE 0.5                   /* of one core, that waiting may cost */
#else
#define CPU_SHARE 0.15
#endif

struct segment {                        /* a piece of the recording in which frame follows frame */
    int64_t at, frames;                 /* of the recording */
    int64_t first;                      /* engine frame */
};

struct capture {
    char kind[32];                      /* "48000-10-S32_LE" */
    int32_t *samples;
    int64_t frames, odd;                /* odd: sounding, but in no segment: fading in, or wrong */
    unsigned channels;
    struct segment segment[256];
    int segments;
};

struct run {                            /* a show on the card */
    struct engine *engine;
    struct audio *audio;
    struct audio_status status;         /* as of the last call below */
};

/* What the tests of one program share: a folder, and alsa-lib's environment. For cmocka's group. */
int card_set_up(void **state);
int card_tear_down(void **state);
const char *card_folder(void);
const char *card_output(void);          /* path of what the present card was given, raw */
/* Return: 77 with a line on stderr if alsa-lib cannot work here, else 0. */
int card_is_missing(void);

struct device_request card_request(const char *pcm);
/* A new card with this script, and for run_begin a show on it. */
void card_make(const char *script);
struct run run_begin(const char *script, const struct device_request *request);
void run_for_ms(struct run *run, unsigned ms);
/* Until the sound runs, or for at most ten seconds. Return: whether it does. */
bool run_until_running(struct run *run);
void run_end(struct run *run);

/* What an S32 card was given. Free with capture_free. */
struct capture *capture_read(void);
void capture_free(struct capture *capture);
/* Frames of undisturbed sound in [from_s, to_s) of the card's time. */
int64_t capture_sound_between(const struct capture *capture, double from_s, double to_s);
/* Largest distance of a piece of sound outside [from_s, to_s) from where the first one puts it, in frames. */
int64_t capture_displaced(const struct capture *capture, double from_s, double to_s);

double cpu_seconds(void);               /* of this process so far */

#endif
