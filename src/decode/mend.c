/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See mend.h. Of libsndfile 1.2: a CAF file whose length is left open or more than is there is
 * refused; a W64 file that says WAVE_FORMAT_EXTENSIBLE is read as integers whatever it holds.
 */
#include "config.h"

#include "decode/mend.h"

#include "decode/cut.h"
#include "decode/sndfile_codec.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum {
    W64_FMT = 40,                   /* byte of the fmt chunk, if it is the first, as it is wherever this matters */
    W64_TAG = W64_FMT + 24,
    TAG_EXTENSIBLE = 0xfffe,
    SUBFORMAT = 24,                 /* of the tag: the GUID that begins with what the tag would be (Microsoft's
                                     * WAVEFORMATEXTENSIBLE) */
    SUBFORMAT_TAG_MAX = 7,          /* of those that have plain tags of their own: integers, float, A-law, u-law */
};

static unsigned char mended[8];     /* of the one file that is open */

static void replace(int64_t size, int64_t at, int bytes, struct sndfile_piece *piece)
{
    piece[0] = (struct sndfile_piece){.bytes = at};
    piece[1] = (struct sndfile_piece){.bytes = bytes, .memory = mended};
    piece[2] = (struct sndfile_piece){.at = at + bytes, .bytes = size - at - bytes};
}

static void mend_caf(int fd, int64_t size, struct sndfile_piece *piece)
{
    struct cut_sound sound;
    if (!cut_find_sound(fd, &sound) || (sound.said >= 0 && !cut_missing_bytes(&sound)))
        return;
    for (int i = 0; i < 8; i++)
        mended[i] = (unsigned char)(sound.there >> (56 - 8 * i));
    replace(size, sound.length_at, 8, piece);
}

static void mend_w64(int fd, int64_t size, struct sndfile_piece *piece)
{
    unsigned char fmt[24 + SUBFORMAT + 2];
    if (pread(fd, fmt, sizeof fmt, W64_FMT) != (ssize_t)sizeof fmt || memcmp(fmt, "fmt ", 4) != 0)
        return;
    const unsigned char *tag = fmt + 24, *subformat = tag + SUBFORMAT;
    if ((tag[0] | tag[1] << 8) != TAG_EXTENSIBLE || subformat[0] > SUBFORMAT_TAG_MAX || subformat[1])
        return;
    memcpy(mended, subformat, 2);
    replace(size, W64_TAG, 2, piece);
}

void mend_header(int fd, int64_t size, struct sndfile_piece *piece)
{
    unsigned char magic[4];
    if (pread(fd, magic, sizeof magic, 0) != (ssize_t)sizeof magic)
        return;
    if (!memcmp(magic, "caff", 4))
        mend_caf(fd, size, piece);
    else if (!memcmp(magic, "riff", 4))
        mend_w64(fd, size, piece);
}
