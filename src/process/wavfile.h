/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * WAV files being written: what `render` leaves behind and what the demo show is made of.
 * Sizes are put right on close; past 4 GB the file is an RF64. Not for the audio thread.
 */
#ifndef PROCESS_WAVFILE_H
#define PROCESS_WAVFILE_H

#include "base/err.h"
#include "pcm/output.h"

#include <stdint.h>

struct wavfile;

/* Makes the file, or empties one that is there. format: OUTPUT_S16, OUTPUT_S24_3 or OUTPUT_F32.
 * Return: NULL with err (`PATH: why`). */
struct wavfile *wavfile_open(const char *path, unsigned channels, uint32_t rate, enum output_format format, struct err *err);
/* Appends frames that are already in the file's format (pcm/output.h makes them). Return: 0, or -1 with err. */
int wavfile_write(struct wavfile *wav, const void *frames, uint64_t count, struct err *err);
/* Finishes and frees. Return: 0, or -1 with err: the file is not whole and was removed. */
int wavfile_close(struct wavfile *wav, struct err *err);
/* Gives up: removes the file and frees. wav may be NULL. */
void wavfile_discard(struct wavfile *wav);

#endif
