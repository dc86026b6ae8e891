/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A rig for conformance by render: makes media and a session in a folder of its own, runs the
 * real binary's `render` on a script, and gives back the samples of the ten channels.
 */
#ifndef GOLDEN_RIG_H
#define GOLDEN_RIG_H

#include <stddef.h>
#include <stdint.h>

enum { RIG_CHANNELS = 10, RIG_RATE = 48000, RIG_PROTECTION = 48 };

/* A setup and teardown for cmocka groups: the folder. The binary is $CLIPGRID, else ./clipgrid. */
int rig_open(void **state);
int rig_close(void **state);

/* Writes media/NAME: `frames` frames of `channels` channels from a function of (frame, channel), as 16-bit or float WAV. */
typedef double rig_wave(int64_t frame, unsigned channel);
void rig_media_s16(const char *name, uint32_t rate, unsigned channels, int64_t frames, rig_wave *wave);
void rig_media_f32(const char *name, uint32_t rate, unsigned channels, int64_t frames, rig_wave *wave);
double rig_one(int64_t frame, unsigned channel);            /* constant 1: the sound is the gain */
double rig_ramp(int64_t frame, unsigned channel);           /* the frame number itself, scaled by 2^-20 */

/* The session: libconfig text of groups (may be "") and of the clips of tab 1. */
void rig_session(const char *groups, const char *clips);
void rig_show(const char *text);                            /* the whole file behind the format line */

struct rig_sound {
    float *sample;                  /* interleaved, RIG_CHANNELS a frame */
    int64_t frames;
    char said[65536];               /* standard error */
    int status;
};
/* Renders the script with more options (such as "--period 16"). Fails the test if the status is not 0. */
struct rig_sound rig_render(const char *script, const char *options);
struct rig_sound rig_render_any(const char *script, const char *options);       /* any status */
void rig_clear(struct rig_sound *sound);
float rig_at(const struct rig_sound *sound, int64_t frame, unsigned channel);   /* channel from 0; 0 past the end */
float rig_peak(const struct rig_sound *sound, int64_t from, int64_t to, unsigned channel);
const char *rig_path(const char *name);                     /* of a file in the folder; valid until the next call */
int rig_lines(const char *text);

#endif
