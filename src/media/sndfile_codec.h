/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoding with libsndfile, the only place that knows it. Runs in a worker, never anywhere else: it may crash or hang. */
#ifndef MEDIA_SNDFILE_CODEC_H
#define MEDIA_SNDFILE_CODEC_H

#include <stdint.h>

struct work_opened;
struct sndfile_codec;

/* Takes fd in every case. Fills facts. Return: NULL if facts->status is not WORK_OK. */
struct sndfile_codec *sndfile_codec_open(int fd, struct work_opened *facts);
/* Decodes frames first.. as samples of the kind the facts say. Return: frames made, fewer only where the sound ends. */
uint32_t sndfile_codec_read(struct sndfile_codec *codec, int64_t first, uint32_t frames, void *out);
void sndfile_codec_close(struct sndfile_codec *codec);      /* NULL: nothing */

#endif
