/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decoding with libsndfile, the only place that knows it. It may be shown a file that is put
 * together of pieces: that is how a decoder of Ogg is begun in the middle (ogg_codec.c).
 */
#ifndef DECODE_SNDFILE_CODEC_H
#define DECODE_SNDFILE_CODEC_H

#include "decode/codec.h"

enum { SNDFILE_PIECES = 4 };
struct sndfile_piece {
    int64_t at, bytes;              /* of the file, if memory is NULL */
    const unsigned char *memory;    /* not owned: must stay as long as the codec */
};

extern const struct codec_kind sndfile_codec;
/* As codec_open(), of the pieces in their order; those without bytes count for nothing. */
struct codec *sndfile_codec_open_pieces(int fd, const struct sndfile_piece *pieces, struct work_opened *facts);

#endif
