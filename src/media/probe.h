/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a media file holds, by way of a worker: for `clipgrid probe` and `check`. */
#ifndef MEDIA_PROBE_H
#define MEDIA_PROBE_H

#include "base/err.h"
#include "tags/tags.h"

#include <stdbool.h>
#include <stdint.h>

struct probe_info {
    char format[32];            /* "WAV", "AIFF", "FLAC", "Ogg Vorbis", "Ogg Opus", "MP3", ... */
    char sample[24];            /* "16 bit", "24 bit", "float", "Vorbis", ... */
    uint32_t rate, channels;
    bool s16;                   /* 16-bit integers are all it has */
    int64_t frames;             /* as its header says */
    unsigned lacks;             /* walls the worker is without (enum sandbox_wall); holds after an error too */
    bool elsewhere;             /* after an error: another worker, one that is whole, may read it (WORK_ELSEWHERE) */
    char warning[128];          /* what is wrong but does not keep it from being played (cut short), or "" */
};
/* Asks the worker on this socket (blocking). Return: 0; -1 with err: `FILE: what is wrong with it` (ERR_UNKNOWN: there is no such
 * file). Pre: nobody else talks to this worker. After an error it may be dead, or still busy: use another one. */
int probe_file(int worker_socket, const char *path, struct probe_info *info, struct err *err);
/* The same, and what the file says of itself (tags NULL: not asked). */
int probe_tags(int worker_socket, const char *path, struct probe_info *info, struct media_tags *tags, struct err *err);

#endif
