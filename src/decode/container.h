/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file is by its first bytes, where more than one decoder wants to know. Worker only. */
#ifndef DECODE_CONTAINER_H
#define DECODE_CONTAINER_H

enum container {
    CONTAINER_OTHER,
    CONTAINER_MP4,                  /* ISO/IEC 14496-12: M4A */
    CONTAINER_ASF,                  /* WMA */
    CONTAINER_ADTS,                 /* bare AAC, ISO/IEC 14496-3 1.A.3.2; an ID3 tag may come first */
    CONTAINER_MPEG,                 /* bare MPEG audio, likewise */
    CONTAINER_OGG,
    CONTAINER_CAF_ALAC,             /* Apple Core Audio Format that holds Apple Lossless */
};
enum container container_of(int fd);
/* The byte behind the ID3v2 tags at the beginning (id3.org, ID3v2.4.0 section 3.1), 0 if there are none. */
long long container_skip_id3(int fd);

#endif
