/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps the folder of peaks (library/peakfile.h) within bounds: what nobody has looked at for
 * PEAKTIDY_UNUSED_DAYS goes, whether its medium is there or not, and of the rest what was looked at
 * longest ago until PEAKTIDY_BYTES_MAX hold it. A look is a file's time of change: peakfile.c
 * renews it once a day. What a killed writer left half made goes after a day.
 */
#ifndef LIBRARY_PEAKTIDY_H
#define LIBRARY_PEAKTIDY_H

#include <stddef.h>
#include <stdint.h>

enum { PEAKTIDY_UNUSED_DAYS = 365 };
#define PEAKTIDY_BYTES_MAX (UINT64_C(2) << 30)         /* about 250 hours of stereo */

/* now_s: CLOCK_REALTIME. Any thread; waits for the disk of the cache. Return: how many files went. */
size_t peaktidy_folder(const char *folder, int64_t now_s, uint64_t bytes_max);

#endif
