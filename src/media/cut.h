/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a WAV, RF64 or AIFF file ends before the sound its header promises. Worker only: it reads the file. */
#ifndef MEDIA_CUT_H
#define MEDIA_CUT_H

#include <stdint.h>

/* Return: bytes of sound that are missing at the end; 0 if none are, if the length was left open by a program that
 * wrote to a pipe, or if the file is of another kind. */
int64_t cut_missing_bytes(int fd);

#endif
