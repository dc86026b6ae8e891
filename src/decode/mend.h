/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers that libsndfile refuses or misreads, put right before it sees them. Worker only: it reads the file. */
#ifndef DECODE_MEND_H
#define DECODE_MEND_H

#include <stdint.h>

struct sndfile_piece;

/* size: bytes of the file. If its header needs mending, piece[0..2] become the file with some bytes of it replaced by others,
 * which are good until the next call; else they stay. */
void mend_header(int fd, int64_t size, struct sndfile_piece *piece);

#endif
