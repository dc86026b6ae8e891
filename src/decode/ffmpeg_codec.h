/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * AAC and ALAC in MP4, bare AAC, and WMA, by FFmpeg's libraries; and ALAC in CAF, which is libsndfile's without them. They are loaded when a worker
 * starts, not linked: they bring a hundred more libraries, which no other process shall wait for.
 */
#ifndef DECODE_FFMPEG_CODEC_H
#define DECODE_FFMPEG_CODEC_H

#include "decode/codec.h"

/* Refuses its files with the reason if the libraries are not there, or not built in (ffmpeg_absent.c). */
extern const struct codec_kind ffmpeg_codec;
/* Once, before the sandbox. */
void ffmpeg_codec_load(void);

#endif
