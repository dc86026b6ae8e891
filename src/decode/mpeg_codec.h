/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MPEG audio (MP3) with libmpg123; without it (mpeg_absent.c) libsndfile has these files. */
#ifndef DECODE_MPEG_CODEC_H
#define DECODE_MPEG_CODEC_H

#include "decode/codec.h"

extern const struct codec_kind mpeg_codec;

#endif
