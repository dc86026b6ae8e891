/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ogg Vorbis and Ogg Opus: finds the place in the file, and has libsndfile decode from there. */
#ifndef DECODE_OGG_CODEC_H
#define DECODE_OGG_CODEC_H

#include "decode/codec.h"

extern const struct codec_kind ogg_codec;

#endif
