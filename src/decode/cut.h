/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a file ends before the sound its header promises, for the kinds whose header says how
 * many bytes that is: WAV, RF64, AIFF, 8SVX, W64, CAF, AU, VOC, NIST and WMA. (IRCAM and GSM without a header
 * say nothing; MP3, Ogg, FLAC and AAC are looked at by their decoders.) Worker only: it reads the file.
 */
#ifndef DECODE_CUT_H
#define DECODE_CUT_H

#include <stdbool.h>
#include <stdint.h>

enum { CUT_THERE_MIN = 1000 };      /* a file that holds less than one part of so many is not cut short but a lie */

struct cut_sound {
    int64_t length_at;              /* byte of the file at which its length stands: what kind of number, the file's kind says;
                                     * 0: in words */
    int64_t at;                     /* byte at which it begins, as that length counts it */
    int64_t said, there;            /* bytes; said is -1 if the program that wrote it, into a pipe perhaps, left it open */
};

/* Return: false if the file is of another kind, or without sound. */
bool cut_find_sound(int fd, struct cut_sound *sound);
/* Return: bytes of sound that are promised and missing, 0 if none are or the length was left open. */
int64_t cut_missing_bytes(const struct cut_sound *sound);
/* Whether so little of it is there that the header is not to be believed. */
bool cut_is_lie(const struct cut_sound *sound);

#endif
