/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peaks that are kept: one file a medium, in $XDG_CACHE_HOME/clipgrid/peaks/, named by a hash of the
 * medium's absolute path and good as long as the medium's size and times are what they were.
 *
 *   head     128 bytes: struct head of peakfile.c, numbers in the machine's own byte order
 *   level 0  struct peak (pcm/peaks.h) by bin, by channel: 256 frames a bin
 *   level 1  the same of 4096 frames
 *   level 2  the same of 65536 frames
 *
 * The head has a hash of itself and one of all that follows it. A file is written beside its name
 * and renamed when it is whole, so a kill at any moment leaves the old one or none; one that is
 * damaged, of another version, machine or medium is none. All of it can be made again.
 *
 * Any thread; may wait for the disk of the cache.
 */
#ifndef LIBRARY_PEAKFILE_H
#define LIBRARY_PEAKFILE_H

#include "base/err.h"
#include "pcm/peaks.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog_stamp;

struct peakfile {
    uint32_t rate, channels;                    /* of the bins: 1 or 2 channels */
    int64_t frames;
    int64_t bins[PEAKS_LEVELS];                 /* of one channel */
    const struct peak *level[PEAKS_LEVELS];     /* bins[] x channels of them, interleaved */
    void *memory;                               /* behind them; owned */
};

/* The folder where peaks are kept, made if missing. Return: 0, or -1 with err. */
int peakfile_folder(char *folder, size_t size, struct err *err);
/* The name in that folder for a medium. */
enum { PEAKFILE_NAME_MAX = 32 };
void peakfile_name(const char *path, char name[PEAKFILE_NAME_MAX]);

/* Takes in the peaks of the medium at this absolute path, which now has this stamp. Return: 0, then call peakfile_clear(); -1
 * with err if there are none that hold. */
int peakfile_read(struct peakfile *file, const char *folder, const char *path, const struct catalog_stamp *stamp,
                  struct err *err);
void peakfile_clear(struct peakfile *file);
/* Whether they are kept, by the head alone: quick. */
bool peakfile_kept(const char *folder, const char *path, const struct catalog_stamp *stamp);

/* Writing. Return: NULL with err if it cannot be written, or is being written by another process (ERR_BUSY). */
struct peakfile_writer;
struct peakfile_writer *peakfile_begin(const char *folder, const char *path, const struct catalog_stamp *stamp, uint32_t rate,
                                       uint32_t channels, struct err *err);
/* The next `bins` bins of level 0 of each channel. An error shows at the end. */
void peakfile_add(struct peakfile_writer *writer, const struct peak *peaks, size_t bins);
/* Puts it in its place. frames: of the medium, as many as the bins that came stand for. Frees writer. Return: 0, or -1 with
 * err. */
int peakfile_finish(struct peakfile_writer *writer, int64_t frames, struct err *err);
void peakfile_abandon(struct peakfile_writer *writer);      /* nothing is left of it; frees; NULL allowed */

#endif
