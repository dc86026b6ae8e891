/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoding with libsndfile, the only place that knows it. */
#ifndef MEDIA_SNDFILE_CODEC_H
#define MEDIA_SNDFILE_CODEC_H

#include "media/codec.h"

extern const struct codec_kind sndfile_codec;

#endif
