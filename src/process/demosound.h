/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sounds of the demo show, one a media file: what they are called, how they are kept, how they are made. */
#ifndef PROCESS_DEMOSOUND_H
#define PROCESS_DEMOSOUND_H

#include "base/err.h"
#include "pcm/output.h"

#include <stdbool.h>
#include <stdint.h>

struct canvas;

struct demo_sound {
    const char *file;
    uint32_t rate;
    unsigned channels;
    enum output_format format;
    double seconds;                     /* times rate: a whole number of frames */
    bool loop;                          /* its end leads into its beginning */
    void (*play)(struct canvas *canvas);
};

extern const struct demo_sound demo_sounds[];
extern const int demo_sound_count;

/* Makes the sound and writes it to path. Return: bytes of samples, or -1 with err. */
int64_t demo_sound_write(const struct demo_sound *sound, const char *path, struct err *err);

#endif
