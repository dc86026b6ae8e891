/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A WAV file of 32-bit floats that grows while it can be read: frames are written at their
 * place, the header is brought up to date when asked (the device does so every second), and
 * past 4 GB it becomes RF64 in place (EBU Tech 3306). What was never written is silence.
 * Whatever kills the writer leaves a valid file that is at most that old.
 *
 * Off the audio thread, one thread at a time.
 */
#ifndef ENGINE_RECORDING_H
#define ENGINE_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct recording {
    int fd;
    uint32_t rate, channels, head_bytes;
    uint64_t frames;                    /* the file's length */
};

/* carry_on: a recording of the same rate and channels at PATH is kept and gone on with; anything else there is replaced.
 * Return: 0, or -1 with err: not a regular file, cannot be written. */
int recording_open(struct recording *recording, const char *path, uint32_t rate, uint32_t channels, bool carry_on,
                   struct err *err);
/* The same of a regular file that is open for reading and writing; fd: owned from now on. Return: 0, or -1 with errno and fd
 * closed. */
int recording_take(struct recording *recording, int fd, uint32_t rate, uint32_t channels, bool carry_on);
/* Both return 0, or -1 with errno. A write that fails may have written whole frames, which count, and a piece of one, which
 * recording_close() takes off. */
int recording_write(struct recording *recording, uint64_t at_frame, const float *interleaved, uint32_t frames);
int recording_update(struct recording *recording);
/* Updates, closes. */
void recording_close(struct recording *recording);

#endif
